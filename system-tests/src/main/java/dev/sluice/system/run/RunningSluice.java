package dev.sluice.system.run;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A {@code ./sluice dev} with a home of its own. */
public final class RunningSluice implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofMinutes(4);
  private static final Duration STOPPED_WITHIN = Duration.ofMinutes(2);
  private static final Pattern EXPORT = Pattern.compile("export ([A-Z_]+)=(.*)");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path home;
  private final Process launcher;

  private RunningSluice(Path home, Process launcher) {
    this.home = home;
    this.launcher = launcher;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param options those of {@code ./sluice dev}, without {@code --home}
   */
  public static RunningSluice start(Path home, String... options) {
    return start(Checkout.root(), home, options);
  }

  /**
   * The same, of another checkout.
   *
   * @param root the folder that holds its {@code ./sluice}
   */
  public static RunningSluice start(Path root, Path home, String... options) {
    List<String> arguments = new ArrayList<>(List.of("dev", "--home", home.toString()));
    arguments.addAll(List.of(options));
    try {
      Files.createDirectories(home);
      Process launcher =
          Checkout.command(root, Map.of(), arguments)
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("dev.out").toFile())
              .start();
      RunningSluice started = new RunningSluice(home, launcher);
      await()
          .atMost(READY_WITHIN)
          .until(() -> Files.exists(home.resolve("dev.env")) || !launcher.isAlive());
      if (!launcher.isAlive()) {
        throw new IllegalStateException("./sluice dev ended: " + started.printed());
      }
      return started;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The folder of its data, logs and pid files. */
  public Path home() {
    return home;
  }

  /** What {@code ./sluice dev} printed so far. */
  public String printed() {
    return read(home.resolve("dev.out"));
  }

  /** Runs a command of the CLI against it. */
  public Checkout.Ended cli(String... arguments) {
    return Checkout.run(environment(), arguments);
  }

  /** Runs a command of the CLI while the test goes on. */
  public CompletableFuture<Checkout.Ended> cliMeanwhile(String... arguments) {
    return CompletableFuture.supplyAsync(() -> cli(arguments));
  }

  /** The lines of {@code dev.env}. */
  public Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    for (String line : read(home.resolve("dev.env")).lines().toList()) {
      Matcher export = EXPORT.matcher(line);
      if (export.matches()) {
        environment.put(export.group(1), export.group(2).replace("\\", ""));
      }
    }
    return environment;
  }

  /**
   * The processes by name: {@code worker-1}, {@code producer}, {@code broker}, {@code simulator}.
   */
  public Map<String, Long> processes() {
    Map<String, Long> pids = new HashMap<>();
    try (Stream<Path> files = Files.list(home.resolve("run"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".pid")).toList()) {
        String name = file.getFileName().toString().replace(".pid", "");
        pids.put(name, Long.parseLong(read(file).strip()));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return pids;
  }

  public boolean runs(String name) {
    Long pid = processes().get(name);
    return pid != null && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** {@code kill -9}. */
  public void kill(String name) {
    ProcessHandle process = process(name);
    process.destroyForcibly();
    await().until(() -> !process.isAlive());
  }

  /** SIGTERM; returns how long it took to end. */
  public Duration terminate(String name) {
    ProcessHandle process = process(name);
    long began = System.nanoTime();
    process.destroy();
    await().atMost(STOPPED_WITHIN).until(() -> !process.isAlive());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private ProcessHandle process(String name) {
    Long pid = processes().get(name);
    return ProcessHandle.of(pid == null ? -1 : pid)
        .orElseThrow(() -> new IllegalStateException(name + " does not run"));
  }

  /** Starts a process again that was killed. */
  public void startAgain(String name) {
    try {
      Process start =
          new ProcessBuilder(home.resolve("run").resolve(name + ".cmd").toString())
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("again.out").toFile())
              .start();
      if (!start.waitFor(2, TimeUnit.MINUTES) || start.exitValue() != 0) {
        throw new IllegalStateException(name + ": " + read(home.resolve("again.out")));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }

  /** Every call that reached the simulated provider, as it wrote them down. */
  public List<JsonNode> calls() {
    Path log = home.resolve("logs").resolve("simulator.jsonl");
    return Files.exists(log)
        ? read(log).lines().filter(line -> line.endsWith("}")).map(JSON::readTree).toList()
        : List.of();
  }

  /** How many calls the simulated provider has in hand now. */
  public int callsInFlight() {
    URI provider = URI.create(environment().getOrDefault("SLUICE_PROVIDER_URL", ""));
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(provider.resolve("/simulator/stats")).build();
      String stats = client.send(request, BodyHandlers.ofString()).body();
      return JSON.readTree(stats).path("in_flight").asInt();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }

  /** Stops it as Ctrl-C does, and waits until the launcher has ended. */
  public void interrupt() {
    stop("-INT");
  }

  /** SIGTERM: a run in the background ignores what Ctrl-C sends, and so do its children. */
  @Override
  public void close() {
    if (launcher.isAlive()) {
      stop("-TERM");
    }
  }

  private void stop(String signal) {
    try {
      new ProcessBuilder("kill", signal, Long.toString(launcher.pid())).start().waitFor();
      if (!launcher.waitFor(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("./sluice dev does not stop: " + printed());
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
