package dev.sluice.worker.limit;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.LimitView;
import dev.sluice.worker.limit.rate.RateController;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a worker knows of a route: its pace, whether it rests, how its provider fares. Learns from
 * each call's end and from what the other workers say. Not thread-safe: its owner holds a lock.
 * Times are nanoseconds of any clock.
 */
final class RouteState {
  private static final double RAMP_FROM = 0.25;
  private static final double SHORTEST_RAMP_SECONDS = 0.5;
  private static final double LONGEST_RAMP_SECONDS = 3;
  private static final double OUTAGE_RAMP_FROM = 0.1;
  private static final double OUTAGE_RAMP_SECONDS = 10;

  /** Who waits for the end of a hold by hand is woken by it, and looks now and then anyway. */
  private static final long HELD_LOOK = Duration.ofSeconds(1).toNanos();

  /** Who did not begin a rest waits this much longer for the scout of the one who did. */
  private static final long GRACE_MILLIS = 10_000;

  private final int fleetConcurrency;
  private final boolean unusedReplyIsSpent;
  private final PeerWorkers peerWorkers;
  private final RandomGenerator random;
  private final HoldDurations holdDurations;
  private final RateController rateController;
  private final RouteHold routeHold = new RouteHold();
  private final Breaker breaker;
  private final CallAverages calls = new CallAverages();
  private final Map<LimitKind, Long> settings;
  private RouteOverride routeOverride = RouteOverride.NONE;
  private long restedNanos;

  RouteState(RouteSettings route, PeerWorkers peerWorkers, RandomGenerator random, long now) {
    this.fleetConcurrency = route.fleetConcurrency();
    this.unusedReplyIsSpent = UsageReconciler.isUnusedReplySpent(route.provider().dialect());
    this.peerWorkers = peerWorkers;
    this.random = random;
    this.holdDurations = new HoldDurations(route, random);
    this.breaker = new Breaker(route.breaker().failures());
    this.settings = perMinute(route.limits());
    this.rateController = new RateController(settings, route.limits().learn(), now);
  }

  /** What somebody finds who wants to make a call now. */
  RouteHold.State holdState(long now) {
    if (routeOverride.hold() != null) {
      return new RouteHold.State.Held(now + HELD_LOOK);
    }
    if (routeHold.releaseIfOver(now)) {
      double rested = restedNanos / 1e9;
      double seconds = Math.clamp(rested, SHORTEST_RAMP_SECONDS, LONGEST_RAMP_SECONDS);
      rateController.ramp(RAMP_FROM, seconds, now);
    }
    return routeHold.state(now);
  }

  /** A scout leaves. Returns whether it still is one: the route may have been opened meanwhile. */
  boolean probeSent(long now) {
    if (holdFor(now) == null) {
      return false;
    }
    routeHold.probeSent();
    return true;
  }

  /** What a call has to wait for before another one may be in flight; null for nothing. */
  @Nullable String missingRoom(int running, long now) {
    if (running >= rateController.window(now)) {
      return "first_reply";
    }
    boolean isFull =
        fleetConcurrency > 0
            && running >= Math.max(1, (int) (fleetConcurrency * peerWorkers.limitFraction()));
    return isFull ? "fleet_concurrency" : null;
  }

  Rates rates(long now) {
    return rateController.rates(now);
  }

  boolean countsTokens(long now) {
    return rateController.countsTokens(now);
  }

  /** What a call is to be charged. */
  TokenCost charged(EstimatedUsage tokens, long now) {
    long reply = unusedReplyIsSpent ? tokens.reply() : calls.expected(tokens.reply());
    return rateController.reserved(new TokenCost(calls.scaled(tokens.prompt()), reply), now);
  }

  /**
   * A call ended.
   *
   * @param scout whether others wait for its coming back
   */
  RouteHealth ended(InFlightCall call, CallFeedback end, boolean scout, long now) {
    if (scout) {
      routeHold.probeReturned();
    }
    return switch (end) {
      case CallFeedback.Succeeded took -> {
        double seconds = (now - call.startedAt()) / 1e9;
        TokenCost used = took.used();
        rateController.onSuccess(
            call.charged(),
            used == null ? call.charged() : used,
            took.standing(),
            seconds,
            peerWorkers.limitFraction(),
            now);
        calls.ended(seconds, call.charged());
        if (used != null) {
          calls.counted(call.estimate().prompt(), used);
        }
        yield providerHealthy(scout, now);
      }
      case CallFeedback.Rejected rejected -> {
        rateController.onAdvertised(call.charged(), rejected.standing(), now);
        yield providerHealthy(scout, now);
      }
      case CallFeedback.Throttled throttled -> {
        calls.throttled();
        breaker.succeeded();
        rateController.onThrottled(throttled.what(), throttled.standing(), now);
        yield holdFor(HoldKind.RATE_LIMIT, "rate limit", throttled.retryAfter(), false, now);
      }
      case CallFeedback.RouteUnavailable routeUnavailable -> {
        breaker.succeeded();
        rateController.onAdvertised(null, routeUnavailable.standing(), now);
        yield holdFor(routeUnavailable.kind(), routeUnavailable.reason(), null, false, now);
      }
      case CallFeedback.Failed failed -> failed(call.task(), failed, scout, now);
      case CallFeedback.Abandoned abandoned -> RouteHealth.HEALTHY;
      case CallFeedback.NotSent notSent -> RouteHealth.HEALTHY;
    };
  }

  /** Another worker says that the route rests, or goes on. */
  void onPeerHold(
      HoldKind kind, String reason, Duration rest, Map<LimitKind, InferredLimit> probed, long now) {
    if (rest.isZero()) {
      opened(kind, now);
      return;
    }
    probed.forEach((limitKind, found) -> rateController.onPeerInferred(limitKind, found, now));
    long theirs = now + rest.toNanos();
    if (kind == HoldKind.RATE_LIMIT) {
      restedNanos = rest.toNanos();
      routeHold.hold(kind, reason, theirs);
    } else if (!ownProbeGoesFirst(theirs)) {
      long grace = random.nextLong(GRACE_MILLIS, 2 * GRACE_MILLIS);
      routeHold.hold(kind, reason, theirs + Duration.ofMillis(grace).toNanos());
    }
  }

  /** Workers that meet the same at once all begin a rest: the first one's scout goes for all. */
  private boolean ownProbeGoesFirst(long time) {
    RouteHold.Hold own = routeHold.current();
    return own != null && own.kind() != HoldKind.RATE_LIMIT && own.until() - time <= 0;
  }

  /** What a person wants: a hold that only a person ends, and limits. */
  void applyOverride(RouteOverride wanted, long now) {
    if (wanted.equals(routeOverride)) {
      return;
    }
    if (!wanted.perMinute().equals(routeOverride.perMinute())) {
      Map<LimitKind, Long> limits = new EnumMap<>(settings);
      limits.putAll(wanted.perMinute());
      rateController.set(limits);
    }
    if (routeOverride.hold() != null && wanted.hold() == null) {
      rateController.ramp(RAMP_FROM, LONGEST_RAMP_SECONDS, now);
    }
    routeOverride = wanted;
  }

  /** Why nobody may make a call now; null where somebody may. */
  LimiterStatus.@Nullable Hold hold(long now) {
    String byHand = routeOverride.hold();
    return byHand == null
        ? holdFor(now)
        : new LimiterStatus.Hold(HoldKind.BY_HAND, byHand, Duration.ZERO, false);
  }

  private LimiterStatus.@Nullable Hold holdFor(long now) {
    RouteHold.Hold rest = routeHold.current();
    if (rest == null || (rest.kind() == HoldKind.RATE_LIMIT && now - rest.until() >= 0)) {
      return null;
    }
    Duration left = Duration.ofNanos(Math.max(0, rest.until() - now));
    return new LimiterStatus.Hold(rest.kind(), rest.reason(), left, routeHold.isProbing());
  }

  List<LimitView> limits(long now) {
    return rateController.limits(now);
  }

  LimiterStatus.Calls calls() {
    return calls.view();
  }

  private RouteHealth providerHealthy(boolean scout, long now) {
    breaker.succeeded();
    RouteHold.Hold rest = routeHold.current();
    if (scout && rest != null && rest.kind() != HoldKind.RATE_LIMIT) {
      opened(rest.kind(), now);
      peerWorkers.announceHold(rest.kind(), rest.reason(), Duration.ZERO, Map.of());
    }
    routeHold.succeeded();
    return RouteHealth.HEALTHY;
  }

  /** A told wait is never ended so: whoever met it knows more than the scout of another rest. */
  private void opened(HoldKind kind, long now) {
    RouteHold.Hold rest = routeHold.current();
    if (rest != null && rest.kind() == kind && routeHold.release()) {
      breaker.succeeded();
      rateController.ramp(OUTAGE_RAMP_FROM, OUTAGE_RAMP_SECONDS, now);
    }
  }

  private RouteHealth failed(String task, CallFeedback.Failed failed, boolean scout, long now) {
    boolean opens = breaker.failed(task);
    boolean rests = holdFor(now) != null;
    if (scout || (opens && !rests)) {
      return holdFor(HoldKind.BREAKER, failed.reason(), null, true, now);
    }
    boolean outage = !failed.reached() || breaker.suspectsOutage() || rests;
    return new RouteHealth(remaining(now), outage);
  }

  private RouteHealth holdFor(
      HoldKind kind, String reason, @Nullable Duration told, boolean outage, long now) {
    boolean restsAlready = remaining(now).isPositive();
    if (!restsAlready || told != null) {
      Duration time = holdDurations.next(kind, told, routeHold.consecutiveHolds());
      if (routeHold.hold(kind, reason, now + time.toNanos())) {
        restedNanos = time.toNanos();
        peerWorkers.announceHold(kind, reason, time, rateController.inferred(now));
      }
    }
    return new RouteHealth(remaining(now), outage);
  }

  private Duration remaining(long now) {
    RouteHold.Hold rest = routeHold.current();
    return Duration.ofNanos(rest == null ? 0 : Math.max(0, rest.until() - now));
  }

  private static Map<LimitKind, Long> perMinute(RouteSettings.Limits limits) {
    Map<LimitKind, Long> set = new EnumMap<>(LimitKind.class);
    set.put(LimitKind.REQUESTS, limits.requestsPerMinute());
    set.put(LimitKind.TOKENS, limits.tokensPerMinute());
    set.put(LimitKind.INPUT_TOKENS, limits.inputTokensPerMinute());
    set.put(LimitKind.OUTPUT_TOKENS, limits.outputTokensPerMinute());
    return set;
  }
}
