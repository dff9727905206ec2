package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.fleet.LivePriorityMessage;
import dev.sluice.common.fleet.RouteOverridesMessage;
import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.fleet.WorkerReport;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
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
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/**
 * A worker's link to the others and to the producers, over a topic exchange of the broker.
 *
 * <p>It says at once when a route rests or goes on, and about once a second how it stands; it hears
 * when another worker says that a route rests or that a live call of its own goes first, and which
 * batches a producer has halted; and it looks how many consumers each route has. Nothing depends on
 * a message of these: who misses one meets the provider's answer itself.
 */
public final class FleetLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FleetLink.class);
  private static final Duration LOOK_AT_FIRST = Duration.ofMillis(250);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int LOOKS_AT_FIRST = 20;

  /** An idle worker reports each so many looks. */
  private static final int IDLE_LOOKS = 5;

  private static final int WARM_UP_MESSAGES = 30;
  private static final int REPORTS_THAT_MAY_BE_MISSED = 3;

  /** What a provider may ask for, and a little: more is nonsense. */
  private static final Duration LONGEST_REST = Duration.ofHours(26);

  private static final double MOST_PER_MINUTE = 1e12;

  /** A route with its limiter. */
  private record Member(RouteSettings route, RateLimiter limiter, LimitFraction share) {}

  private final String worker;
  private final SuspendedBatches halted;
  private final RabbitTemplate template;
  private final AmqpAdmin admin;
  private final Map<String, LimitFraction> shares = new ConcurrentHashMap<>();
  private final Map<String, Member> members = new ConcurrentHashMap<>();
  private @Nullable Thread looking;
  private volatile boolean stopping;
  private int looks;

  /**
   * @param halted learns which batches are not to be called
   * @param template neither mandatory nor confirmed: what nobody hears is lost
   */
  public FleetLink(
      String worker, SuspendedBatches halted, RabbitTemplate template, AmqpAdmin admin) {
    this.worker = worker;
    this.halted = halted;
    this.template = template;
    this.admin = admin;
  }

  /** The others on a route. */
  public PeerWorkers of(RouteSettings route) {
    LimitFraction share = new LimitFraction(route.concurrency(), System.nanoTime());
    shares.put(route.name(), share);
    return new RoutePeers(worker, route.name(), share, this::tell, this::announceLivePriority);
  }

  /** The limiter that wants to hear of others' rests, and of which it tells. */
  public void join(RouteSettings route, RateLimiter limiter) {
    LimitFraction share = shares.get(route.name());
    if (share == null) {
      throw new IllegalStateException("the route %s has no fleet yet".formatted(route.name()));
    }
    members.put(route.name(), new Member(route, limiter, share));
  }

  /** Looks and reports from now on. */
  public void start() {
    looking = Thread.ofVirtual().name("fleet").start(this::reportLoop);
  }

  /** The worker takes no more tasks. */
  public void stopping() {
    stopping = true;
    report(LOOK.multipliedBy(REPORTS_THAT_MAY_BE_MISSED));
  }

  @Override
  public void close() {
    if (looking != null) {
      looking.interrupt();
    }
  }

  /** A message of another worker or of a producer. */
  public void heard(Message message) {
    String topic = message.getMessageProperties().getReceivedRoutingKey();
    switch (FleetTopics.topic(topic)) {
      case FleetTopics.HOLD ->
          FleetCodec.hold(message)
              .filter(notice -> !worker.equals(notice.worker()))
              .ifPresent(this::heard);
      case FleetTopics.SUSPENSION -> FleetCodec.suspension(message).ifPresent(this::heard);
      case FleetTopics.LIVE_PRIORITY ->
          FleetCodec.livePriority(message)
              .filter(notice -> !worker.equals(notice.worker()))
              .ifPresent(this::heard);
      case FleetTopics.ROUTE_OVERRIDES -> FleetCodec.routeOverrides(message).ifPresent(this::steered);
      default -> log.debug("The topic {} is a newer worker's", topic);
    }
  }

  private void heard(SuspensionMessage notice) {
    halted.heard(notice);
    Member member = members.get(notice.route());
    if (member != null) {
      member.limiter().recheck();
    }
  }

  private void heard(LivePriorityMessage notice) {
    Member member = members.get(notice.route());
    if (member != null && notice.inputTokens() >= 0 && notice.outputTokens() >= 0) {
      member.limiter().onLivePriority(new TokenCost(notice.inputTokens(), notice.outputTokens()));
    }
  }

  private void heard(HoldMessage notice) {
    Member member = members.get(notice.route());
    HoldKind kind = enumOrNull(HoldKind.class, notice.kind());
    if (member == null || kind == null) {
      return;
    }
    Map<LimitKind, InferredLimit> probed = new EnumMap<>(LimitKind.class);
    for (HoldMessage.AnnouncedLimit limit : notice.limits()) {
      LimitKind limitKind = enumOrNull(LimitKind.class, limit.limit());
      if (limitKind != null && isPlausible(limit)) {
        probed.put(
            limitKind, new InferredLimit(limit.perMinute() / 60, limit.targetPerMinute() / 60));
      }
    }
    Duration rest = Duration.ofMillis(Math.clamp(notice.millis(), 0, LONGEST_REST.toMillis()));
    member.limiter().onPeerHold(kind, notice.reason(), rest, probed);
  }

  /** All that people want of the routes: of one that is not named they want nothing. */
  private void steered(RouteOverridesMessage notice) {
    Map<String, RouteOverride> wanted = new HashMap<>();
    for (RouteOverridesMessage.RouteOverride control : notice.routes()) {
      Map<LimitKind, Long> limits = new EnumMap<>(LimitKind.class);
      for (RouteOverridesMessage.LimitOverride limit : control.limits()) {
        LimitKind limitKind = enumOrNull(LimitKind.class, limit.limit());
        if (limitKind != null && limit.perMinute() > 0) {
          limits.put(limitKind, limit.perMinute());
        }
      }
      wanted.put(control.route(), new RouteOverride(control.hold(), limits));
    }
    members.forEach(
        (route, member) ->
            member.limiter().applyOverride(wanted.getOrDefault(route, RouteOverride.NONE)));
  }

  private static boolean isPlausible(HoldMessage.AnnouncedLimit limit) {
    return limit.targetPerMinute() > 0
        && limit.targetPerMinute() <= limit.perMinute()
        && limit.perMinute() <= MOST_PER_MINUTE;
  }

  private static <E extends Enum<E>> @Nullable E enumOrNull(Class<E> type, String wireName) {
    try {
      return Enum.valueOf(type, wireName.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      return null; // a newer worker's word
    }
  }

  /** Called under a limiter's lock, so it must not wait. */
  private void tell(HoldMessage notice) {
    Thread.startVirtualThread(
        () -> {
          send(FleetTopics.HOLD, FleetCodec.write(notice));
          report(LOOK.multipliedBy(REPORTS_THAT_MAY_BE_MISSED));
        });
  }

  private void announceLivePriority(LivePriorityMessage notice) {
    Thread.startVirtualThread(() -> send(FleetTopics.LIVE_PRIORITY, FleetCodec.write(notice)));
  }

  /**
   * Notices of no route, for nothing but to be read: a first one takes a worker long enough to make
   * some calls within the wait that it tells.
   */
  private void warmUpCodec() {
    HoldMessage ofNoRoute =
        new HoldMessage(worker, "", HoldKind.RATE_LIMIT.wireName(), "rehearsal", 0, List.of());
    for (int i = 0; i < WARM_UP_MESSAGES; i++) {
      send(FleetTopics.HOLD, FleetCodec.write(ofNoRoute));
    }
  }

  private void reportLoop() {
    warmUpCodec();
    try {
      while (true) {
        reportOnce();
        looks++;
        Thread.sleep(looks < LOOKS_AT_FIRST ? LOOK_AT_FIRST : LOOK);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void reportOnce() {
    try {
      members.values().forEach(this::countConsumers);
      boolean idle = members.values().stream().allMatch(FleetLink::isIdle);
      if (!idle || looks % IDLE_LOOKS == 0) {
        report(LOOK.multipliedBy(REPORTS_THAT_MAY_BE_MISSED * (idle ? IDLE_LOOKS : 1L)));
      }
    } catch (RuntimeException bug) {
      log.error("The fleet was not looked at", bug); // the next look may go well
    }
  }

  private static boolean isIdle(Member member) {
    return member.limiter().isIdle();
  }

  private void countConsumers(Member member) {
    try {
      QueueInformation queue =
          admin.getQueueInfo(QueueNames.tasks(member.route().name(), Lane.BATCH));
      if (queue != null) {
        member.share().counted(queue.getConsumerCount(), System.nanoTime());
      }
    } catch (AmqpException away) {
      log.debug("The consumers of {} are not counted: {}", member.route().name(), away.toString());
    }
  }

  private void report(Duration validFor) {
    List<RouteReport> routes = new ArrayList<>();
    members.forEach(
        (name, member) ->
            routes.add(
                RouteReportMapper.of(name, member.route().concurrency(), member.limiter().view())));
    send(
        FleetTopics.REPORT,
        FleetCodec.write(new WorkerReport(worker, validFor.toMillis(), stopping, routes)));
  }

  private void send(String topic, Message message) {
    try {
      template.send(Exchanges.FLEET, topic, message);
    } catch (AmqpException away) {
      log.debug("Not told to the fleet: {}", away.toString());
    }
  }
}
