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
import java.nio.file.attribute.PosixFilePermissions;
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
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A {@code ./sluice dev} with a home of its own. */
public final class RunningSluice implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofMinutes(4);
  private static final Duration STOPPED_WITHIN = Duration.ofMinutes(2);
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(30);
  private static final Pattern EXPORT = Pattern.compile("export ([A-Z_]+)=(.*)");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path home;
  private final Map<String, String> settings;
  private final Process launcher;
  private final @Nullable VirtualHost virtualHost;
  private final List<String> others = new ArrayList<>();

  private RunningSluice(
      Path home,
      Map<String, String> settings,
      Process launcher,
      @Nullable VirtualHost virtualHost) {
    this.home = home;
    this.settings = settings;
    this.launcher = launcher;
    this.virtualHost = virtualHost;
    // An interrupted build must not leave processes. Without effect if the launcher has ended.
    Runtime.getRuntime().addShutdownHook(new Thread(launcher::destroy, "stop-sluice"));
  }

  /**
   * Starts it and waits until it is ready. In the test build it uses a virtual host of the build's
   * broker; in a benchmark, or with the option {@code --amqp-url}, it does not.
   *
   * @param options those of {@code ./sluice dev}, without {@code --home}
   */
  public static RunningSluice start(Path home, String... options) {
    return start(home, Map.of(), options);
  }

  /**
   * As {@link #start(Path, String...)}.
   *
   * @param environment more variables of all its processes
   */
  public static RunningSluice start(Path home, Map<String, String> environment, String... options) {
    VirtualHost shared =
        List.of(options).contains("--amqp-url") ? null : VirtualHost.ofTheBuild().orElse(null);
    List<String> all = new ArrayList<>(List.of(options));
    if (shared != null) {
      all.addAll(List.of("--amqp-url", shared.url()));
    }
    return start(Checkout.root(), home, environment, all, shared);
  }

  /** As {@link #start(Path, String...)}, with a broker of its own that the test may stop. */
  public static RunningSluice startWithBroker(Path home, String... options) {
    return start(Checkout.root(), home, Map.of(), List.of(options), /* virtualHost= */ null);
  }

  /**
   * Starts that of another checkout, with a broker of its own.
   *
   * @param root the folder that holds its {@code ./sluice}
   */
  public static RunningSluice start(
      Path root, Path home, Map<String, String> environment, String... options) {
    return start(root, home, environment, List.of(options), /* virtualHost= */ null);
  }

  private static RunningSluice start(
      Path root,
      Path home,
      Map<String, String> environment,
      List<String> options,
      @Nullable VirtualHost virtualHost) {
    List<String> arguments = new ArrayList<>(List.of("dev", "--home", home.toString()));
    arguments.addAll(options);
    try {
      Files.createDirectories(home);
      Process launcher =
          Checkout.command(root, environment, arguments)
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("dev.out").toFile())
              .start();
      RunningSluice started = new RunningSluice(home, environment, launcher, virtualHost);
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
  public Checkout.RunResult cli(String... arguments) {
    return Checkout.run(environment(), arguments);
  }

  /** Runs a command of the CLI while the test goes on. */
  public CompletableFuture<Checkout.RunResult> cliMeanwhile(String... arguments) {
    return CompletableFuture.supplyAsync(() -> cli(arguments), Thread::startVirtualThread);
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

  /**
   * Starts another producer, on the database of the first. It is not stopped with the others.
   *
   * @param name of its process
   * @return where it is
   */
  public URI startProducer(String name) {
    Path database = home.resolve("postgres");
    String url =
        "jdbc:postgresql://127.0.0.1:%s/postgres"
            .formatted(read(database.resolve("data/postmaster.pid")).lines().toList().get(3));
    startAnother(
        "producer",
        name,
        Map.of("SPRING_DATASOURCE_URL", url, "SPRING_DATASOURCE_USERNAME", "postgres"));
    return URI.create(url(name));
  }

  /**
   * Starts another process of the same kind, on a port of its own.
   *
   * @param settings of its environment, beside those of the first one
   */
  public void startAnother(String name, String other, Map<String, String> settings) {
    int port = Ports.free();
    String script =
        read(home.resolve("run").resolve(name + ".cmd"))
            .replaceAll("(?m)^export SERVER_PORT=.*$", "export SERVER_PORT=" + port)
            .replace(" -XX:+AutoCreateSharedArchive", "")
            .replace(" %s ".formatted(name), " %s ".formatted(other));
    StringBuilder exports = new StringBuilder("#!/usr/bin/env bash\n");
    settings.forEach((key, value) -> exports.append("export %s='%s'\n".formatted(key, value)));
    try {
      Path file = home.resolve("run").resolve(other + ".cmd");
      Files.writeString(file, exports + script);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
      Files.writeString(home.resolve("run").resolve(other + ".port"), port + "\n");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    others.add(other);
    startAgain(other);
  }

  /** Where a process listens. */
  public String url(String name) {
    return "http://127.0.0.1:" + read(home.resolve("run").resolve(name + ".port")).strip();
  }

  /** The status of its readiness; 0 where nobody answers. */
  public int readiness(String name) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url(name) + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException away) {
      return 0;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }

  /** Starts a process again that was killed. */
  public void startAgain(String name) {
    startAgain(name, Map.of());
  }

  /** The same, with more in its environment. */
  public void startAgain(String name, Map<String, String> environment) {
    ProcessBuilder command =
        new ProcessBuilder(home.resolve("run").resolve(name + ".cmd").toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("again.out").toFile());
    command.environment().putAll(settings);
    command.environment().putAll(environment);
    try {
      Process start = command.start();
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

  /** What its API answers to a GET. */
  public String get(String path) {
    Map<String, String> settings = environment();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(settings.getOrDefault("SLUICE_URL", "") + path))
            .header("Authorization", "Bearer " + settings.getOrDefault("SLUICE_API_KEY", ""))
            .timeout(ANSWERED_WITHIN)
            .build();
    return answer(request);
  }

  /** Every call that reached the simulated provider, as it wrote them down. */
  public List<JsonNode> calls() {
    Path log = home.resolve("logs").resolve("simulator.jsonl");
    return Files.exists(log)
        ? read(log).lines().filter(line -> line.endsWith("}")).map(JSON::readTree).toList()
        : List.of();
  }

  /** What a process has logged so far. */
  public String log(String name) {
    return read(home.resolve("logs").resolve(name + ".log"));
  }

  /** How many calls the simulated provider has in hand now. */
  public int callsInFlight() {
    URI provider = URI.create(environment().getOrDefault("SLUICE_PROVIDER_URL", ""));
    String stats = answer(HttpRequest.newBuilder(provider.resolve("/simulator/stats")).build());
    return JSON.readTree(stats).path("in_flight").asInt();
  }

  private static String answer(HttpRequest request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString()).body();
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
    others.stream().filter(this::runs).forEach(this::terminate);
    if (launcher.isAlive()) {
      stop("-TERM");
    }
    if (virtualHost != null) {
      virtualHost.remove();
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
