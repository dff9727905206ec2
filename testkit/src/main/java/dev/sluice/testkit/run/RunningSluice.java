package dev.sluice.testkit.run;

import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.broker.VirtualHost;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.Ports;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A {@code ./sluice dev} with its own home folder. */
public final class RunningSluice implements AutoCloseable {
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(4);
  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(30);
  private static final Pattern EXPORT = Pattern.compile("export ([A-Z_]+)=(.*)");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path home;
  private final Map<String, String> settings;
  private final Process launcher;
  private final @Nullable VirtualHost virtualHost;
  private final Set<String> others = new LinkedHashSet<>();

  private RunningSluice(
      Path home,
      Map<String, String> settings,
      Process launcher,
      @Nullable VirtualHost virtualHost) {
    this.home = home;
    this.settings = settings;
    this.launcher = launcher;
    this.virtualHost = virtualHost;
    // An interrupted build must not leave processes. Has no effect if the launcher has ended.
    Runtime.getRuntime().addShutdownHook(new Thread(launcher::destroy, "stop-sluice"));
  }

  /**
   * Starts Sluice and waits until it is ready. In the test build it uses a virtual host of the
   * build's broker, but not in a benchmark or with {@code --amqp-url}.
   *
   * @param options options of {@code ./sluice dev}, without {@code --home}
   */
  public static RunningSluice start(Path home, String... options) {
    return start(home, Map.of(), options);
  }

  /**
   * As {@link #start(Path, String...)}.
   *
   * @param environment additional environment variables of all processes
   */
  public static RunningSluice start(Path home, Map<String, String> environment, String... options) {
    VirtualHost shared =
        List.of(options).contains("--amqp-url") ? null : VirtualHost.createForBuild().orElse(null);
    List<String> all = new ArrayList<>(List.of(options));
    if (shared != null) {
      all.addAll(List.of("--amqp-url", shared.url()));
    }
    return start(Checkout.root(), home, environment, all, shared);
  }

  /** As {@link #start(Path, String...)}, with a private broker that the test may stop. */
  public static RunningSluice startWithBroker(Path home, String... options) {
    return start(Checkout.root(), home, Map.of(), List.of(options), /* virtualHost= */ null);
  }

  /**
   * Starts the Sluice of another checkout, with a private broker.
   *
   * @param root folder that contains its {@code ./sluice}
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
          .atMost(READY_TIMEOUT)
          .until(() -> Files.exists(home.resolve("dev.env")) || !launcher.isAlive());
      if (!launcher.isAlive()) {
        throw new IllegalStateException("./sluice dev ended: " + started.output());
      }
      return started;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Folder of data, logs and pid files. */
  public Path home() {
    return home;
  }

  /** Output of {@code ./sluice dev} so far. */
  public String output() {
    return read(home.resolve("dev.out"));
  }

  /** Runs a CLI command. */
  public Checkout.RunResult cli(String... arguments) {
    return Checkout.run(environment(), arguments);
  }

  /** Starts a CLI command that the caller may kill; its output goes to {@code cli.out}. */
  public Process startCli(String... arguments) {
    try {
      return Checkout.command(Checkout.root(), environment(), List.of(arguments))
          .redirectErrorStream(true)
          .redirectOutput(home.resolve("cli.out").toFile())
          .start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Runs a CLI command in the background. */
  public CompletableFuture<Checkout.RunResult> cliAsync(String... arguments) {
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
   * Pids by process name: {@code worker-1}, {@code producer}, {@code broker}, {@code simulator}.
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

  public boolean isRunning(String name) {
    Long pid = processes().get(name);
    return pid != null && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** {@code kill -9}. */
  public void kill(String name) {
    ProcessHandle process = process(name);
    process.destroyForcibly();
    await().until(() -> !process.isAlive());
  }

  /** Sends SIGTERM and returns the time until the process ended. */
  public Duration terminate(String name) {
    ProcessHandle process = process(name);
    long began = System.nanoTime();
    process.destroy();
    await().atMost(STOP_TIMEOUT).until(() -> !process.isAlive());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private ProcessHandle process(String name) {
    Long pid = processes().get(name);
    return ProcessHandle.of(pid == null ? -1 : pid)
        .orElseThrow(() -> new IllegalStateException(name + " is not running"));
  }

  /**
   * Starts another producer on the same database. The caller must stop it.
   *
   * @param name process name
   * @return its base URL
   */
  public URI startProducer(String name) {
    return startProducer(name, Map.of());
  }

  /**
   * As {@link #startProducer(String)}.
   *
   * @param environment additional environment variables of the process
   */
  public URI startProducer(String name, Map<String, String> environment) {
    Path database = home.resolve("postgres");
    String url =
        "jdbc:postgresql://127.0.0.1:%s/postgres"
            .formatted(read(database.resolve("data/postmaster.pid")).lines().toList().get(3));
    Map<String, String> all = new HashMap<>(environment);
    all.put("SPRING_DATASOURCE_URL", url);
    all.put("SPRING_DATASOURCE_USERNAME", "postgres");
    all.put("SLUICE_DATABASE_PASSWORD_FILE", database.resolve("password").toString());
    startCopy("producer", name, all);
    return URI.create(url(name));
  }

  /**
   * Starts another process of the same kind on its own port.
   *
   * @param settings environment variables that override those of the first process
   */
  public void startCopy(String name, String other, Map<String, String> settings) {
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
    restart(other);
  }

  /** Base URL of a process. */
  public String url(String name) {
    return "http://127.0.0.1:" + read(home.resolve("run").resolve(name + ".port")).strip();
  }

  /** HTTP status of the readiness endpoint; 0 if the process does not respond. */
  public int readiness(String name) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url(name) + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException unreachable) {
      return 0;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }

  /** Starts a killed process again. */
  public void restart(String name) {
    restart(name, Map.of());
  }

  /** Starts a killed process again with additional environment variables. */
  public void restart(String name, Map<String, String> environment) {
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

  /** Sends a GET to the API and returns the body. */
  public String get(String path) {
    Map<String, String> settings = environment();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(settings.getOrDefault("SLUICE_URL", "") + path))
            .header("Authorization", "Bearer " + settings.getOrDefault("SLUICE_API_KEY", ""))
            .timeout(RESPONSE_TIMEOUT)
            .build();
    return answer(request);
  }

  /** All calls in the simulated provider's log. */
  public List<JsonNode> calls() {
    Path log = home.resolve("logs").resolve("simulator.jsonl");
    return Files.exists(log)
        ? read(log).lines().filter(line -> line.endsWith("}")).map(JSON::readTree).toList()
        : List.of();
  }

  /** Log of a process so far. */
  public String log(String name) {
    return read(home.resolve("logs").resolve(name + ".log"));
  }

  /** Calls that the simulated provider is processing. */
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

  /** Sends SIGINT, as Ctrl-C does, and waits until the launcher has ended. */
  public void interrupt() {
    stop("-INT");
  }

  /** SIGTERM, because background processes and their children ignore SIGINT. */
  @Override
  public void close() {
    others.stream().filter(this::isRunning).forEach(this::terminate);
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
      if (!launcher.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("./sluice dev did not stop: " + output());
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
