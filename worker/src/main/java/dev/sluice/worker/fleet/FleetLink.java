package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.fleet.TaskSearchMessage;
import dev.sluice.common.process.FatalErrors;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.tier.TierStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/**
 * A worker's link to its peers and to the producers, over a topic exchange.
 *
 * <pre>
 *   topic              sent                              received
 *   hold               when a hold starts or ends        from peers
 *   live-priority      when a live call must wait long   from peers
 *   report             every second; idle: every 5 s     by producers only
 *   suspension         by producers only                 suspended batches of a route
 *   task-cancellation  by producers only                 cancelled replays
 *   route-overrides    by producers only, every 2 s      operators' holds and limits, the time
 *   task-search        by producers only                 a search for lost tasks
 *   task-search-result as the answer to a search         by producers only
 * </pre>
 *
 * <p>It also polls the number of consumers of each route. No message is essential: a worker that
 * misses one receives the provider's error itself.
 */
public final class FleetLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FleetLink.class);
  private static final Duration INITIAL_INTERVAL = Duration.ofMillis(250);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int INITIAL_ROUNDS = 20;
  private static final int WARM_UP_MESSAGES = 30;

  private final String worker;
  private final Map<String, LocalRoute> routes = new ConcurrentHashMap<>();
  private final UnsettledTasks unsettledTasks;
  private final FleetPublisher publisher;
  private final FleetSubscriber subscriber;
  private final WorkerReporter reporter;
  private final ConsumerCounter consumerCounter;
  private @Nullable Thread loop;

  /**
   * @param suspended receives the suspended batches
   * @param unsettledTasks the tasks of this worker, for the producers' searches
   * @param clock receives the producers' time
   * @param template without mandatory flag and confirms: messages without a receiver are lost
   */
  public FleetLink(
      String worker,
      SuspendedBatches suspended,
      UnsettledTasks unsettledTasks,
      FleetClock clock,
      RabbitTemplate template,
      AmqpAdmin admin) {
    this.worker = worker;
    this.unsettledTasks = unsettledTasks;
    this.publisher = new FleetPublisher(template);
    this.subscriber = new FleetSubscriber(worker, routes, suspended, clock, this::answer);
    this.reporter = new WorkerReporter(worker, routes.values(), publisher, INTERVAL);
    this.consumerCounter = new ConsumerCounter(admin, routes.values());
  }

  /**
   * Connects the limiter of a route to the peers: it sends and receives their messages, and is part
   * of the reports.
   *
   * @param tiers what this worker knows of the route's service tiers
   * @param limiters creates the limiter
   */
  public RateLimiter join(
      RouteSettings route,
      Supplier<TierStatus> tiers,
      Function<PeerWorkers, RateLimiter> limiters) {
    LimitFraction fraction = new LimitFraction(route.concurrency(), System.nanoTime());
    RateLimiter limiter =
        limiters.apply(new RoutePeers(worker, route.name(), fraction, publisher, reporter));
    routes.put(route.name(), new LocalRoute(route, limiter, tiers, fraction));
    return limiter;
  }

  /** Starts to publish, to report and to count consumers. */
  public void start() {
    publisher.start();
    loop = Thread.ofVirtual().name("fleet-reporter").start(this::runRounds);
  }

  /** Reports that this worker takes no more tasks. */
  public void stopping() {
    reporter.stopping();
  }

  @Override
  public void close() {
    if (loop != null) {
      loop.interrupt();
    }
    publisher.close();
  }

  /** Handles a message of a peer or of a producer. */
  public void onMessage(Message message) {
    subscriber.onMessage(message);
  }

  private void answer(TaskSearchMessage search) {
    unsettledTasks
        .onSearch(search)
        .ifPresent(
            result -> publisher.publish(FleetTopics.TASK_SEARCH_RESULT, FleetCodec.write(result)));
  }

  private void runRounds() {
    warmUpCodec();
    try {
      for (int round = 0; true; round++) {
        runRound(round);
        Thread.sleep(round < INITIAL_ROUNDS ? INITIAL_INTERVAL : INTERVAL);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Decoding the first message is slow (class loading, JIT), and peers could exceed the limit
   * meanwhile. So each worker sends 30 holds of no route, which have no effect.
   */
  private void warmUpCodec() {
    HoldMessage noRoute =
        new HoldMessage(worker, "", HoldKind.RATE_LIMIT.wireName(), "warm-up", 0, List.of());
    for (int i = 0; i < WARM_UP_MESSAGES; i++) {
      publisher.publish(FleetTopics.HOLD, FleetCodec.write(noRoute));
    }
  }

  private void runRound(int round) {
    try {
      consumerCounter.count();
      reporter.reportIfDue(round);
    } catch (RuntimeException | Error bug) { // the thread must not end: it sends the reports
      FatalErrors.endProcessIfFatal(bug);
      log.error("Cannot report this worker's state; the next round retries", bug);
    }
  }
}
