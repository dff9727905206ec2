package dev.sluice.testkit.run;

import dev.sluice.testkit.broker.VirtualHost;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A {@code ./sluice dev} with its own home folder. */
public final class RunningSluice implements AutoCloseable {
  private static final Pattern EXPORT = Pattern.compile("export ([A-Z_]+)=(.*)");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path home;
  private final ProcessFolder processes;
  private final LauncherProcess launcher;
  private final @Nullable VirtualHost virtualHost;
  private final Set<String> others = new LinkedHashSet<>();

  private RunningSluice(
      LauncherProcess launcher,
      Path home,
      Map<String, String> settings,
      @Nullable VirtualHost virtualHost) {
    this.launcher = launcher;
    this.home = home;
    this.processes = new ProcessFolder(home.resolve("run"), settings);
    this.virtualHost = virtualHost;
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
    return startWithBroker(home, Map.of(), options);
  }

  /**
   * As {@link #startWithBroker(Path, String...)}.
   *
   * @param environment additional environment variables of all processes
   */
  public static RunningSluice startWithBroker(
      Path home, Map<String, String> environment, String... options) {
    return start(Checkout.root(), home, environment, List.of(options), /* virtualHost= */ null);
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
    LauncherProcess launcher = LauncherProcess.start(root, home, environment, options);
    return new RunningSluice(launcher, home, environment, virtualHost);
  }

  /** Folder of data, logs and pid files. */
  public Path home() {
    return home;
  }

  /** Output of {@code ./sluice dev} so far. */
  public String output() {
    return launcher.output();
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
    for (String line : Folders.read(home.resolve("dev.env")).lines().toList()) {
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
    return processes.pids();
  }

  /** Whether the process runs. */
  public boolean isRunning(String name) {
    return processes.find(name).isPresent();
  }

  /** {@code kill -9}. */
  public void kill(String name) {
    processes.kill(name);
  }

  /** Sends SIGTERM and returns the time until the process ended. */
  public Duration terminate(String name) {
    return processes.terminate(name);
  }

  /** Starts another producer on the same database and returns its base URL. */
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
            .formatted(
                Folders.read(database.resolve("data/postmaster.pid")).lines().toList().get(3));
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
    processes.copy(name, other, settings);
    others.add(other);
    restart(other);
  }

  /** Base URL of a process. */
  public String url(String name) {
    return processes.url(name);
  }

  /** HTTP status of the readiness endpoint; 0 if the process does not respond. */
  public int readiness(String name) {
    return LocalHttp.status(URI.create(url(name) + "/actuator/health/readiness"));
  }

  /** Starts a killed process again. */
  public void restart(String name) {
    restart(name, Map.of());
  }

  /** Starts a killed process again with additional environment variables. */
  public void restart(String name, Map<String, String> environment) {
    processes.start(name, environment);
  }

  /** Sends a GET to the API and returns the body. */
  public String get(String path) {
    Map<String, String> settings = environment();
    return LocalHttp.body(
        URI.create(settings.getOrDefault("SLUICE_URL", "") + path),
        settings.getOrDefault("SLUICE_API_KEY", ""));
  }

  /** All calls in the simulated provider's log. */
  public List<JsonNode> calls() {
    Path log = home.resolve("logs").resolve("simulator.jsonl");
    return Files.exists(log)
        ? Folders.read(log).lines().filter(line -> line.endsWith("}")).map(JSON::readTree).toList()
        : List.of();
  }

  /** Log of a process so far. */
  public String log(String name) {
    return Folders.read(home.resolve("logs").resolve(name + ".log"));
  }

  /** Calls that the simulated provider is processing. */
  public int callsInFlight() {
    URI provider = URI.create(environment().getOrDefault("SLUICE_PROVIDER_URL", ""));
    String stats = LocalHttp.body(provider.resolve("/simulator/stats"), /* key= */ "none");
    return JSON.readTree(stats).path("in_flight").asInt();
  }

  /** Sends SIGINT, as Ctrl-C does, and waits until the launcher has ended. */
  public void interrupt() {
    launcher.stop("INT");
  }

  /**
   * Sends SIGTERM, because background processes and their children ignore SIGINT. Kills processes
   * that still run after that, and throws an exception that names them.
   */
  @Override
  public void close() {
    Map<String, ProcessHandle> started = processes.running();
    try {
      stopOthers();
    } finally {
      launcher.stop("TERM");
      if (virtualHost != null) {
        virtualHost.remove();
      }
      launcher.killRemaining(started);
    }
  }

  private void stopOthers() {
    for (String other : others) {
      if (isRunning(other)) {
        terminate(other);
      }
    }
  }
}
