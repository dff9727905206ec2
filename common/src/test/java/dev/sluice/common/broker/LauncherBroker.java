package dev.sluice.common.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A RabbitMQ node that {@code launcher/broker} runs. */
final class LauncherBroker {
  private static final Path SCRIPT = Path.of("launcher", "broker");

  private final Path script;
  private final Path home;

  private LauncherBroker(Path script, Path home) {
    this.script = script;
    this.home = home;
  }

  /** A running broker with its data in this folder. */
  static LauncherBroker running(Path home) {
    return new LauncherBroker(findScript(), home);
  }

  /** Starts a broker in a temporary folder and returns its URL; a shutdown hook removes it. */
  static String start() {
    try {
      LauncherBroker broker =
          new LauncherBroker(findScript(), Files.createTempDirectory("sluice-broker-"));
      Runtime.getRuntime().addShutdownHook(new Thread(broker::remove, "stop-broker"));
      return broker.run("start");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A virtual host of this broker. */
  record VirtualHost(LauncherBroker broker, String name, String url) {

    /** Deletes it with its queues, in the background. */
    void remove() {
      try {
        new ProcessBuilder(
                List.of(
                    broker.script.toString(),
                    "remove-vhost",
                    "--home",
                    broker.home.toString(),
                    name))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Creates an empty virtual host. */
  VirtualHost createVirtualHost() {
    String name = "test-" + UUID.randomUUID();
    try {
      return new VirtualHost(this, name, run("vhost", name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Searches upwards from the working directory: Maven runs tests in the module's folder. */
  private static Path findScript() {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path script = folder.resolve(SCRIPT);
      if (Files.isExecutable(script)) {
        return script;
      }
    }
    throw new IllegalStateException(
        SCRIPT
            + " not found in "
            + start
            + " or above: run the tests in Sluice's repository, or set SLUICE_TEST_AMQP_URL");
  }

  private String run(String command, String... arguments) throws IOException {
    Path errors = Files.createTempFile("sluice-broker-", ".err");
    List<String> commandLine =
        new ArrayList<>(List.of(script.toString(), command, "--home", home.toString()));
    commandLine.addAll(List.of(arguments));
    Process process = new ProcessBuilder(commandLine).redirectError(errors.toFile()).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(
            script + " " + command + " failed: " + Files.readString(errors).strip());
      }
      Files.delete(errors);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(script + " " + command + " was interrupted", e);
    }
    return output;
  }

  private void remove() {
    try {
      run("stop");
      try (Stream<Path> files = Files.walk(home)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
