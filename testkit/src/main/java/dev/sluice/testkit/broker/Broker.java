package dev.sluice.testkit.broker;

import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A RabbitMQ node that {@code launcher/broker} runs. */
public final class Broker implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final String BUILD_HOME = "SLUICE_TEST_BROKER_HOME";

  private final Path home;

  private Broker(Path home) {
    this.home = home;
  }

  /** Creates a stopped private broker with its data below the folder. */
  public static Broker in(Path folder) {
    return new Broker(folder.resolve("broker-home"));
  }

  /** The running broker that the tests of a build share. Empty outside of {@code ./sluice test}. */
  static Optional<Broker> ofBuild() {
    return Optional.ofNullable(System.getenv(BUILD_HOME))
        .filter(home -> !home.isBlank())
        .map(home -> new Broker(Path.of(home)));
  }

  /** Starts the broker and returns its URL when it accepts connections. */
  public String start() {
    return url("start");
  }

  /** {@code kill -9}. */
  public void kill() {
    command("kill");
  }

  /** Starts a memory alarm: the broker reads nothing from connections that publish. */
  public void startMemoryAlarm() {
    command("memory-alarm", "on");
  }

  /** Ends the memory alarm. */
  public void endMemoryAlarm() {
    command("memory-alarm", "off");
  }

  /** Creates an empty virtual host. */
  VirtualHost createVirtualHost() {
    String name = "test-" + UUID.randomUUID();
    return new VirtualHost(this, name, url("vhost", name));
  }

  void removeInBackground(VirtualHost virtualHost) {
    try {
      new ProcessBuilder(line("remove-vhost", virtualHost.name()))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Also works if the start failed. */
  @Override
  public void close() {
    if (Files.exists(home)) {
      command("stop");
    }
  }

  private String url(String command, String... arguments) {
    String output = command(command, arguments);
    return output
        .lines()
        .filter(line -> line.startsWith("amqp://"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("launcher/broker: " + output));
  }

  private String command(String command, String... arguments) {
    try {
      Path log = Files.createTempFile("sluice-broker-", ".log");
      ChildProcess process = ChildProcess.start(log, Map.of(), line(command, arguments));
      if (!process.succeeds(TIMEOUT)) {
        throw new IllegalStateException("launcher/broker " + command + ": " + process.output());
      }
      String output = process.output();
      Files.delete(log);
      return output;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private List<String> line(String command, String... arguments) {
    String script = Checkout.root().resolve("launcher/broker").toString();
    List<String> line = new ArrayList<>(List.of(script, command, "--home", home.toString()));
    line.addAll(List.of(arguments));
    return line;
  }
}
