package dev.sluice.bench.fault;

import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.broker.AmqpProxy;
import dev.sluice.testkit.broker.Broker;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.run.RedisServer;
import dev.sluice.testkit.run.RunningSluice;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A Sluice whose broker is behind an {@link AmqpProxy}, and the faults that can be injected into
 * it.
 */
final class FaultTestbed implements AutoCloseable {
  static final int WORKERS = 2;
  static final int CONCURRENCY = 6;
  private static final String ROUTE = "default";
  private static final int CALLS_PER_MINUTE = 1200;
  private static final String PRODUCER = "producer";
  private static final String SECOND_PRODUCER = "producer-2";

  /** The first producer runs PostgreSQL, so it starts before the second one. */
  private static final List<String> SUPERVISED =
      List.of(PRODUCER, SECOND_PRODUCER, "worker-1", "worker-2");

  private static final int READY = 200;
  private static final long MAX_JUMP_SECONDS = 60;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final RandomGenerator random;
  private final CloseableStack open = new CloseableStack().closeAtExit();
  private final Broker broker;
  private final AmqpProxy amqpProxy;
  private final DuplicatePublisher duplicatePublisher;
  private final @Nullable RedisServer redis;
  private final @Nullable SmallDisk disk;
  private final @Nullable ProcessClocks clocks;
  private final RunningSluice sluice;
  private final Processes processes;
  private final OutcomeListener outcomeListener;

  FaultTestbed(Path folder, RandomGenerator random) {
    this.random = random;
    this.broker = open.add(Broker.in(folder));
    URI direct = URI.create(broker.start());
    this.amqpProxy = open.add(new AmqpProxy(direct));
    this.duplicatePublisher = new DuplicatePublisher(new DirectBroker(direct), random);
    this.redis =
        RedisServer.installed()
            .map(program -> open.add(RedisServer.start(program, folder)))
            .orElse(null);
    Path home = folder.resolve("home");
    this.disk = SmallDisk.at(home.resolve("postgres")).map(open::add).orElse(null);
    this.clocks = ProcessClocks.in(folder).orElse(null);
    List<String> options =
        new ArrayList<>(
            List.of(
                "--amqp-url",
                "amqp://%s@127.0.0.1:%d".formatted(direct.getUserInfo(), amqpProxy.port()),
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
    this.sluice = open.add(RunningSluice.start(home, options.toArray(String[]::new)));
    this.processes = new Processes(sluice);
    this.outcomeListener = new OutcomeListener(new DirectBroker(direct));
    if (clocks != null) { // start again with clocks of their own
      SUPERVISED.stream().filter(sluice::isRunning).forEach(sluice::terminate);
    }
    restartEnded();
  }

  RunningSluice sluice() {
    return sluice;
  }

  /** Faults that this machine cannot inject, with the reason. */
  Map<RandomFault, String> unsupported() {
    Map<RandomFault, String> without = new EnumMap<>(RandomFault.class);
    if (redis == null) {
      without.put(RandomFault.REDIS_KILLED, "neither redis-server nor valkey-server is installed");
    }
    if (disk == null) {
      without.put(RandomFault.DISK_FULL, "only root can mount a small disk");
    }
    if (clocks == null) {
      without.put(RandomFault.CLOCK_JUMPED, "no C compiler is installed");
    }
    return without;
  }

  /** Resets all process clocks to the real time. */
  void resetClocks() {
    ProcessClocks all = clocks;
    if (all != null) {
      SUPERVISED.forEach(name -> all.set(name, Duration.ZERO));
    }
  }

  OutcomeListener.ReceivedOutcomes receivedOutcomes() {
    return outcomeListener.all();
  }

  /** Hashes of the requests whose tasks were published twice, as in the provider's log. */
  List<String> copiedRequests() {
    return duplicatePublisher.requests();
  }

  /** Injects a fault. Returns false if it had no target. */
  boolean inject(RandomFault randomFault) throws InterruptedException {
    return switch (randomFault) {
      case WORKER_KILLED -> killAndStart(worker());
      case WORKER_FROZEN -> freeze(worker());
      case PRODUCER_KILLED -> killAndStart(random.nextBoolean() ? PRODUCER : SECOND_PRODUCER);
      case BROKER_KILLED -> killBroker();
      case BROKER_RESTARTED -> restartBroker();
      case BROKER_ALARM -> blockPublishers();
      case DATABASE_CRASHED -> processes.crashDatabase();
      case REDIS_KILLED -> killRedis();
      case PROVIDER_FROZEN -> freeze("simulator");
      case NETWORK_CUT -> cut();
      case NETWORK_FROZEN -> freezeNetwork();
      case CONFIRM_LOST -> {
        amqpProxy.cutAtTheNextAckOf(AmqpProxy.Side.BROKER);
        yield awaitCut();
      }
      case ACK_LOST -> {
        amqpProxy.cutAtTheNextAckOf(AmqpProxy.Side.CLIENT);
        yield awaitCut();
      }
      case TASK_COPIED -> duplicatePublisher.copyTask(ROUTE);
      case OUTCOME_COPIED -> {
        amqpProxy.cutBetweenPublishAndConfirm(OutcomeListener.OUTCOMES);
        yield awaitCut();
      }
      case DISK_FULL -> fillDisk();
      case CLOCK_JUMPED -> jump(SUPERVISED.get(random.nextInt(SUPERVISED.size())));
    };
  }

  /**
   * Restarts processes that ended because the broker was down at their start, as a supervisor does.
   */
  void restartEnded() {
    SUPERVISED.stream().filter(name -> !sluice.isRunning(name)).forEach(this::start);
  }

  private void start(String name) {
    Map<String, String> environment = clocks == null ? Map.of() : clocks.environment(name);
    switch (name) {
      case PRODUCER -> {
        if (sluice.isRunning(SECOND_PRODUCER)) {
          sluice.kill(SECOND_PRODUCER); // PostgreSQL gets another port
        }
        sluice.restart(name, environment);
      }
      case SECOND_PRODUCER -> startSecondProducer(environment);
      default -> sluice.restart(name, environment);
    }
  }

  /** Does nothing while PostgreSQL does not run; {@link #restartEnded} tries it again. */
  private void startSecondProducer(Map<String, String> environment) {
    Path postgres = sluice.home().resolve("postgres/data/postmaster.pid");
    if (Files.exists(postgres) && sluice.readiness(PRODUCER) == READY) {
      sluice.startProducer(SECOND_PRODUCER, environment);
    }
  }

  private boolean killAndStart(String name) {
    boolean wasRunning = sluice.isRunning(name);
    if (wasRunning) {
      sluice.kill(name);
    }
    start(name);
    return wasRunning;
  }

  /** Kills the broker at a random time, or instead of a pending confirm or acknowledgement. */
  private boolean killBroker() {
    switch (random.nextInt(3)) {
      case 0 -> {}
      case 1 -> {
        amqpProxy.cutBetweenPublishAndConfirm(OutcomeListener.OUTCOMES);
        awaitCut();
      }
      default -> {
        amqpProxy.cutAtTheNextAckOf(AmqpProxy.Side.CLIENT);
        awaitCut();
      }
    }
    broker.kill();
    broker.start();
    return true;
  }

  private boolean restartBroker() {
    broker.close();
    broker.start();
    return true;
  }

  /** Some alarms are longer than the wait for a confirm. */
  private boolean blockPublishers() throws InterruptedException {
    broker.startMemoryAlarm();
    Thread.sleep(random.nextLong(1000, 20_000));
    broker.endMemoryAlarm();
    return true;
  }

  private boolean freeze(String name) throws InterruptedException {
    processes.freeze(name, Duration.ofMillis(random.nextLong(1000, 6000)));
    return true;
  }

  private boolean killRedis() throws InterruptedException {
    if (redis == null) {
      return false;
    }
    redis.kill();
    Thread.sleep(random.nextLong(500, 4000));
    redis.restart();
    return true;
  }

  private boolean cut() {
    amqpProxy.cut();
    return true;
  }

  private boolean freezeNetwork() throws InterruptedException {
    Duration time = Duration.ofMillis(random.nextLong(500, 5000));
    amqpProxy.freeze(time);
    Thread.sleep(time);
    return true;
  }

  private boolean awaitCut() {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    await()
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !amqpProxy.isArmed() || System.nanoTime() > end);
    return amqpProxy.wasCut();
  }

  private boolean fillDisk() throws InterruptedException {
    if (disk == null) {
      return false;
    }
    disk.fill();
    Thread.sleep(random.nextLong(2000, 8000));
    disk.empty();
    return true;
  }

  private boolean jump(String name) {
    if (clocks == null) {
      return false;
    }
    clocks.set(name, Duration.ofSeconds(random.nextLong(-MAX_JUMP_SECONDS, MAX_JUMP_SECONDS)));
    return true;
  }

  private String worker() {
    return "worker-" + random.nextInt(1, WORKERS + 1);
  }

  @Override
  public void close() {
    open.close();
  }
}
