package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.fleet.LivePriorityMessage;
import dev.sluice.common.fleet.RouteOverridesMessage;
import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.fleet.TaskCancellationMessage;
import dev.sluice.common.fleet.WorkerReport;
import dev.sluice.common.process.FatalErrors;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.RouteOverride;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.QueueInformation;
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

  /** An idle worker reports in every fifth round. */
  private static final int IDLE_ROUNDS = 5;

  private static final int WARM_UP_MESSAGES = 30;
  private static final int MAX_MISSED_REPORTS = 3;

  /** Providers ask for at most a day; longer holds are capped. */
  private static final Duration MAX_HOLD = Duration.ofHours(26);

  private static final double MAX_PER_MINUTE = 1e12;

  private record Member(RouteSettings route, RateLimiter limiter, LimitFraction fraction) {}

  private final String worker;
  private final SuspendedBatches suspended;
  private final FleetClock clock;
  private final FleetPublisher publisher;
  private final AmqpAdmin admin;
  private final Map<String, Member> members = new ConcurrentHashMap<>();
  private @Nullable Thread reporter;
  private volatile boolean stopping;
  private int rounds;

  /**
   * @param suspended receives the suspended batches
   * @param clock receives the producers' time
   * @param template without mandatory flag and confirms: messages without a receiver are lost
   */
  public FleetLink(
      String worker,
      SuspendedBatches suspended,
      FleetClock clock,
      RabbitTemplate template,
      AmqpAdmin admin) {
    this.worker = worker;
    this.suspended = suspended;
    this.clock = clock;
    this.publisher = new FleetPublisher(template);
    this.admin = admin;
  }

  /**
   * Connects the limiter of a route to the peers: it sends and receives their messages, and is part
   * of the reports.
   *
   * @param limiters creates the limiter
   */
  public RateLimiter join(RouteSettings route, Function<PeerWorkers, RateLimiter> limiters) {
    LimitFraction fraction = new LimitFraction(route.concurrency(), System.nanoTime());
    RateLimiter limiter =
        limiters.apply(
            new RoutePeers(
                worker, route.name(), fraction, this::announceHold, this::announceLivePriority));
    members.put(route.name(), new Member(route, limiter, fraction));
    return limiter;
  }

  /** Starts to publish, to report and to count consumers. */
  public void start() {
    publisher.start();
    reporter = Thread.ofVirtual().name("fleet-reporter").start(this::reportLoop);
  }

  /** Reports that this worker takes no more tasks. */
  public void stopping() {
    stopping = true;
    publishReport(INTERVAL.multipliedBy(MAX_MISSED_REPORTS));
  }

  @Override
  public void close() {
    if (reporter != null) {
      reporter.interrupt();
    }
    publisher.close();
  }

  /** Handles a message of a peer or of a producer. */
  public void onMessage(Message message) {
    String topic = message.getMessageProperties().getReceivedRoutingKey();
    switch (FleetTopics.topic(topic)) {
      case FleetTopics.HOLD ->
          FleetCodec.hold(message)
              .filter(hold -> !worker.equals(hold.worker()))
              .ifPresent(this::onHold);
      case FleetTopics.SUSPENSION -> FleetCodec.suspension(message).ifPresent(this::onSuspension);
      case FleetTopics.TASK_CANCELLATION ->
          FleetCodec.taskCancellation(message).ifPresent(this::onTaskCancellation);
      case FleetTopics.LIVE_PRIORITY ->
          FleetCodec.livePriority(message)
              .filter(priority -> !worker.equals(priority.worker()))
              .ifPresent(this::onLivePriority);
      case FleetTopics.ROUTE_OVERRIDES -> {
        FleetCodec.sentAt(message).ifPresent(clock::onProducerTime);
        FleetCodec.routeOverrides(message).ifPresent(this::onRouteOverrides);
      }
      default -> log.debug("Ignored a message with the unknown topic {}", topic);
    }
  }

  private void onSuspension(SuspensionMessage suspension) {
    suspended.onSuspension(suspension);
    Member member = members.get(suspension.route());
    if (member != null) {
      member.limiter().recheck();
    }
  }

  private void onTaskCancellation(TaskCancellationMessage cancellation) {
    suspended.onTaskCancellation(cancellation);
    members.values().forEach(member -> member.limiter().recheck());
  }

  private void onLivePriority(LivePriorityMessage priority) {
    Member member = members.get(priority.route());
    if (member != null && priority.inputTokens() >= 0 && priority.outputTokens() >= 0) {
      member
          .limiter()
          .onLivePriority(new TokenCost(priority.inputTokens(), priority.outputTokens()));
    }
  }

  private void onHold(HoldMessage hold) {
    Member member = members.get(hold.route());
    HoldKind kind = enumOrNull(HoldKind.class, hold.kind());
    if (member == null || kind == null) {
      return;
    }
    Duration duration = Duration.ofMillis(Math.min(hold.millis(), MAX_HOLD.toMillis()));
    if (hold.partial()) {
      onSourceHold(member.limiter(), hold, kind, duration);
      return;
    }
    if (RoutePeers.isRelease(hold)) {
      member.limiter().release(kind);
      return;
    }
    Map<LimitKind, InferredLimit> inferred = new EnumMap<>(LimitKind.class);
    for (HoldMessage.AnnouncedLimit limit : hold.limits()) {
      LimitKind limitKind = enumOrNull(LimitKind.class, limit.limit());
      if (limitKind != null && isPlausible(limit)) {
        inferred.put(
            limitKind, new InferredLimit(limit.perMinute() / 60, limit.targetPerMinute() / 60));
      }
    }
    member
        .limiter()
        .onPeerHold(kind, hold.reason(), duration, inferred, Set.copyOf(hold.sources()));
  }

  private static void onSourceHold(
      RateLimiter limiter, HoldMessage hold, HoldKind kind, Duration duration) {
    Set<String> sources = Set.copyOf(hold.sources());
    if (RoutePeers.isRelease(hold)) {
      limiter.onPeerSourceRelease(kind, sources);
    } else {
      limiter.onPeerSourceHold(kind, hold.reason(), duration, sources);
    }
  }

  /** The message names all overrides: a route that it does not name has none. */
  private void onRouteOverrides(RouteOverridesMessage message) {
    Map<String, RouteOverride> overrides = new HashMap<>();
    for (RouteOverridesMessage.RouteOverride route : message.routes()) {
      Map<LimitKind, Long> limits = new EnumMap<>(LimitKind.class);
      for (RouteOverridesMessage.LimitOverride limit : route.limits()) {
        LimitKind limitKind = enumOrNull(LimitKind.class, limit.limit());
        if (limitKind != null && limit.perMinute() > 0) {
          limits.put(limitKind, limit.perMinute());
        }
      }
      overrides.put(route.route(), new RouteOverride(route.hold(), limits));
    }
    members.forEach(
        (route, member) ->
            member.limiter().applyOverride(overrides.getOrDefault(route, RouteOverride.NONE)));
  }

  private static boolean isPlausible(HoldMessage.AnnouncedLimit limit) {
    return limit.targetPerMinute() > 0
        && limit.targetPerMinute() <= limit.perMinute()
        && limit.perMinute() <= MAX_PER_MINUTE;
  }

  private static <E extends Enum<E>> @Nullable E enumOrNull(Class<E> type, String wireName) {
    try {
      return Enum.valueOf(type, wireName.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      return null; // a newer version's constant
    }
  }

  /** The limiter calls this while it holds its lock, so this must not block. */
  private void announceHold(HoldMessage hold) {
    publisher.announce(FleetTopics.HOLD, () -> FleetCodec.write(hold));
    publisher.announce(FleetTopics.REPORT, () -> report(INTERVAL.multipliedBy(MAX_MISSED_REPORTS)));
  }

  private void announceLivePriority(LivePriorityMessage priority) {
    publisher.announce(FleetTopics.LIVE_PRIORITY, () -> FleetCodec.write(priority));
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

  private void reportLoop() {
    warmUpCodec();
    try {
      while (true) {
        runRound();
        rounds++;
        Thread.sleep(rounds < INITIAL_ROUNDS ? INITIAL_INTERVAL : INTERVAL);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void runRound() {
    try {
      members.values().forEach(this::countConsumers);
      boolean idle = members.values().stream().allMatch(member -> member.limiter().isIdle());
      if (!idle || rounds % IDLE_ROUNDS == 0) {
        publishReport(INTERVAL.multipliedBy(MAX_MISSED_REPORTS * (idle ? IDLE_ROUNDS : 1L)));
      }
    } catch (RuntimeException | Error bug) { // a dead thread would end the reports
      FatalErrors.endProcessIfFatal(bug);
      log.error("Cannot report this worker's state; the next round retries", bug);
    }
  }

  private void countConsumers(Member member) {
    try {
      QueueInformation queue =
          admin.getQueueInfo(QueueNames.tasks(member.route().name(), Lane.BATCH));
      if (queue != null) {
        member.fraction().onConsumerCount(queue.getConsumerCount(), System.nanoTime());
      }
    } catch (AmqpException failure) {
      log.debug(
          "Cannot count the consumers of the route {}: {}",
          member.route().name(),
          failure.toString());
    }
  }

  private void publishReport(Duration validFor) {
    publisher.publish(FleetTopics.REPORT, report(validFor));
  }

  private Message report(Duration validFor) {
    List<RouteReport> routes = new ArrayList<>();
    members.forEach(
        (name, member) ->
            routes.add(
                RouteReportMapper.of(
                    name, member.route().concurrency(), member.limiter().status())));
    return FleetCodec.write(new WorkerReport(worker, validFor.toMillis(), stopping, routes));
  }
}
