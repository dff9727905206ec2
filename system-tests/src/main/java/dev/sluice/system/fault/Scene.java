package dev.sluice.system.fault;

import static org.awaitility.Awaitility.await;

import dev.sluice.system.run.Broker;
import dev.sluice.system.run.Open;
import dev.sluice.system.run.RedisServer;
import dev.sluice.system.run.RunningSluice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A Sluice with its broker behind a {@link Relay}, and what can be done to it. */
final class Scene implements AutoCloseable {
  static final int WORKERS = 2;
  static final int CONCURRENCY = 6;
  private static final String ROUTE = "default";
  private static final int CALLS_PER_MINUTE = 1200;
  private static final List<String> SUPERVISED = List.of("producer", "worker-1", "worker-2");
  private static final Duration SOON = Duration.ofMinutes(2);

  private final RandomGenerator random;
  private final Open open = new Open().closedAtExit();
  private final Broker broker;
  private final Relay relay;
  private final Copies copies;
  private final @Nullable RedisServer redis;
  private final RunningSluice sluice;

  Scene(Path folder, RandomGenerator random) {
    this.random = random;
    this.broker = open.add(Broker.in(folder));
    URI direct = URI.create(broker.start());
    this.relay = open.add(new Relay(direct.getPort()));
    this.copies = new Copies(direct, random);
    this.redis =
        RedisServer.installed()
            .map(program -> open.add(RedisServer.start(program, folder)))
            .orElse(null);
    List<String> options =
        new ArrayList<>(
            List.of(
                "--amqp-url",
                "amqp://%s@127.0.0.1:%d".formatted(direct.getUserInfo(), relay.port()),
                "--workers",
                Integer.toString(WORKERS),
                "--concurrency",
                Integer.toString(CONCURRENCY),
                "--rpm",
                Integer.toString(CALLS_PER_MINUTE),
                "--latency",
                "lognormal:300ms,0.5"));
    if (redis != null) {
      options.addAll(List.of("--redis-url", "redis://127.0.0.1:" + redis.port()));
    }
    this.sluice =
        open.add(RunningSluice.start(folder.resolve("home"), options.toArray(String[]::new)));
  }

  RunningSluice sluice() {
    return sluice;
  }

  boolean hasRedis() {
    return redis != null;
  }

  /** The requests whose tasks were published twice, as the provider's log names them. */
  List<String> copiedRequests() {
    return copies.requests();
  }

  /** Lets it happen; false where there was nothing to strike. */
  boolean strike(Fault fault) throws InterruptedException {
    return switch (fault) {
      case WORKER_KILLED -> killAndStart(worker());
      case WORKER_FROZEN -> freeze(worker());
      case PRODUCER_KILLED -> killAndStart("producer");
      case BROKER_KILLED -> killBroker();
      case BROKER_RESTARTED -> restartBroker();
      case DATABASE_CRASHED -> crashDatabase();
      case REDIS_KILLED -> killRedis();
      case PROVIDER_FROZEN -> freeze("simulator");
      case NETWORK_CUT -> cut();
      case NETWORK_STILL -> standStill();
      case CONFIRM_LOST -> cutAtAckOf(Relay.Side.BROKER);
      case ACK_LOST -> cutAtAckOf(Relay.Side.CLIENT);
      case TASK_COPIED -> copies.copyTask(ROUTE);
      case OUTCOME_COPIED -> copies.copyOutcome();
    };
  }

  /** As a supervisor does: who found no broker at its start has ended, and is started again. */
  void startWhoEnded() {
    SUPERVISED.stream().filter(name -> !sluice.runs(name)).forEach(sluice::startAgain);
  }

  private boolean killAndStart(String name) {
    boolean ran = sluice.runs(name);
    if (ran) {
      sluice.kill(name);
    }
    sluice.startAgain(name);
    return ran;
  }

  private boolean killBroker() {
    broker.kill();
    broker.start();
    return true;
  }

  private boolean restartBroker() {
    broker.close();
    broker.start();
    return true;
  }

  private boolean freeze(String name) throws InterruptedException {
    String pid = Long.toString(pid(name));
    signal("-STOP", pid);
    Thread.sleep(random.nextLong(1000, 6000));
    signal("-CONT", pid);
    return true;
  }

  /** PostgreSQL takes the death of a backend for a crash of its own: it ends all and recovers. */
  private boolean crashDatabase() {
    Path file = home().resolve("postgres/data/postmaster.pid");
    Optional<ProcessHandle> backend =
        Files.exists(file)
            ? ProcessHandle.of(Long.parseLong(lines(file).getFirst().strip())).stream()
                .flatMap(ProcessHandle::children)
                .filter(child -> commandLine(child.pid()).contains("postgres: postgres"))
                .findAny()
            : Optional.empty();
    backend.ifPresent(ProcessHandle::destroyForcibly);
    return backend.isPresent();
  }

  private boolean killRedis() throws InterruptedException {
    if (redis == null) {
      return false;
    }
    redis.kill();
    Thread.sleep(random.nextLong(500, 4000));
    redis.startAgain();
    return true;
  }

  private boolean cut() {
    relay.cut();
    return true;
  }

  private boolean standStill() throws InterruptedException {
    Duration time = Duration.ofMillis(random.nextLong(500, 5000));
    relay.standStill(time);
    Thread.sleep(time);
    return true;
  }

  private boolean cutAtAckOf(Relay.Side side) {
    relay.cutAtTheNextAckOf(side);
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !relay.waitsForAck() || System.nanoTime() > end);
    return relay.wasCutAtAck();
  }

  private String worker() {
    return "worker-" + random.nextInt(1, WORKERS + 1);
  }

  private long pid(String name) {
    Long pid = sluice.processes().get(name);
    if (pid == null) {
      throw new IllegalStateException(name + " has no pid file");
    }
    return pid;
  }

  private Path home() {
    return sluice.home();
  }

  private static void signal(String signal, String pid) throws InterruptedException {
    try {
      new ProcessBuilder("kill", signal, pid).start().waitFor();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Of a process that may be gone by now. */
  private static String commandLine(long pid) {
    Path file = Path.of("/proc", Long.toString(pid), "cmdline");
    return Files.exists(file) ? String.join(" ", lines(file)) : "";
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException gone) {
      return List.of("");
    }
  }

  @Override
  public void close() {
    open.close();
  }
}
