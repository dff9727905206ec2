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
 * The state of one route in this worker: target rates, hold and provider health.
 *
 * <p>It learns from the feedback of each call ({@link CallFeedback} has the table), from the peers'
 * announcements, and from operators' overrides.
 *
 * <pre>
 *   end of a hold                   ramp of the rates
 *   rate limit                      from 1/4 in the duration of the hold, 0.5-3 s
 *   manual                          from 1/4 in 3 s
 *   other kinds, after a probe      from 1/10 in 10 s
 * </pre>
 *
 * <p>Not thread-safe; guarded by the limiter's lock. Times are nanoseconds of any monotonic clock.
 */
final class RouteState {
  private static final double RAMP_FROM = 0.25;
  private static final double MIN_RAMP_SECONDS = 0.5;
  private static final double MAX_RAMP_SECONDS = 3;
  private static final double OUTAGE_RAMP_FROM = 0.1;
  private static final double OUTAGE_RAMP_SECONDS = 10;

  /** The end of a manual hold wakes the waiters; this interval is only a fallback. */
  private static final long MANUAL_RECHECK_INTERVAL = Duration.ofSeconds(1).toNanos();

  /** Extra time a worker waits for the probe of the peer that announced the hold. */
  private static final long PROBE_GRACE_MILLIS = 10_000;

  private final int fleetConcurrency;
  private final boolean chargesUnusedReply;
  private final PeerWorkers peerWorkers;
  private final RandomGenerator random;
  private final HoldDurations holdDurations;
  private final RateController rateController;
  private final RouteHold routeHold = new RouteHold();
  private final Breaker breaker;
  private final CallAverages calls = new CallAverages();
  private final Map<LimitKind, Long> configuredPerMinute;
  private RouteOverride override = RouteOverride.NONE;
  private long lastHoldNanos;

  RouteState(RouteSettings route, PeerWorkers peerWorkers, RandomGenerator random, long now) {
    this.fleetConcurrency = route.fleetConcurrency();
    this.chargesUnusedReply = UsageReconciler.chargesUnusedReply(route.provider().dialect());
    this.peerWorkers = peerWorkers;
    this.random = random;
    this.holdDurations = new HoldDurations(route, random);
    this.breaker = new Breaker(route.breaker().failures());
    this.configuredPerMinute = perMinute(route.limits());
    this.rateController = new RateController(configuredPerMinute, route.limits().learn(), now);
  }

  /** Returns what the next caller must do. */
  RouteHold.State holdState(long now) {
    if (override.hold() != null) {
      return new RouteHold.State.Held(now + MANUAL_RECHECK_INTERVAL);
    }
    if (routeHold.releaseIfOver(now)) {
      double seconds = Math.clamp(lastHoldNanos / 1e9, MIN_RAMP_SECONDS, MAX_RAMP_SECONDS);
      rateController.ramp(RAMP_FROM, seconds, now);
    }
    return routeHold.state(now);
  }

  /**
   * Marks a call as the probe. Returns whether it still is one: the route may have been released
   * since {@link #holdState}.
   */
  boolean startProbe(long now) {
    if (providerHold(now) == null) {
      return false;
    }
    routeHold.onProbeSent();
    return true;
  }

  /** Returns the name of the concurrency limit that is reached; null if none is. */
  @Nullable String reachedConcurrencyLimit(int running, long now) {
    if (running >= rateController.maxInFlight(now)) {
      return "first_reply";
    }
    boolean isFleetLimit =
        fleetConcurrency > 0
            && running >= Math.max(1, (int) (fleetConcurrency * peerWorkers.limitFraction()));
    return isFleetLimit ? "fleet_concurrency" : null;
  }

  Rates rates(long now) {
    return rateController.rates(now);
  }

  boolean limitsTokens(long now) {
    return rateController.limitsTokens(now);
  }

  /** Returns the cost to reserve for a call, in the provider's tokens. */
  TokenCost costToReserve(EstimatedUsage usage, long now) {
    long reply = chargesUnusedReply ? usage.reply() : calls.expectedReply(usage.reply());
    return capToOneMinute(new TokenCost(calls.scaledPrompt(usage.prompt()), reply), now);
  }

  /** Caps a cost at one minute of each limit. */
  TokenCost capToOneMinute(TokenCost cost, long now) {
    return rateController.capToOneMinute(cost, now);
  }

  /**
   * Applies the feedback of a call.
   *
   * @param isProbe whether the call was the probe
   */
  RouteHealth onCallEnded(InFlightCall call, CallFeedback feedback, boolean isProbe, long now) {
    if (isProbe) {
      routeHold.onProbeEnded();
    }
    return switch (feedback) {
      case CallFeedback.Succeeded succeeded -> onSuccess(call, succeeded, isProbe, now);
      case CallFeedback.Rejected rejected -> {
        rateController.onAdvertised(call.reserved(), rejected.advertised(), now);
        yield onProviderHealthy(isProbe, now);
      }
      case CallFeedback.Throttled throttled -> {
        calls.onThrottled();
        breaker.onSuccess();
        rateController.onThrottled(throttled.exceeded(), throttled.advertised(), now);
        yield hold(HoldKind.RATE_LIMIT, "rate limit", throttled.retryAfter(), false, now);
      }
      case CallFeedback.RouteUnavailable unavailable -> {
        breaker.onSuccess();
        rateController.onAdvertised(null, unavailable.advertised(), now);
        yield hold(unavailable.kind(), unavailable.reason(), null, false, now);
      }
      case CallFeedback.Failed failed -> onFailure(call.task(), failed, isProbe, now);
      case CallFeedback.Abandoned abandoned -> RouteHealth.HEALTHY;
      case CallFeedback.NotSent notSent -> RouteHealth.HEALTHY;
    };
  }

  private RouteHealth onSuccess(
      InFlightCall call, CallFeedback.Succeeded succeeded, boolean isProbe, long now) {
    double seconds = (now - call.startedAt()) / 1e9;
    TokenCost used = succeeded.used();
    rateController.onSuccess(
        call.reserved(),
        used == null ? call.reserved() : used,
        succeeded.advertised(),
        seconds,
        peerWorkers.limitFraction(),
        now);
    calls.onSuccess(seconds, call.reserved());
    if (used != null) {
      calls.onUsage(call.estimate().prompt(), used);
    }
    return onProviderHealthy(isProbe, now);
  }

  /** A peer announced a hold. */
  void onPeerHold(
      HoldKind kind,
      String reason,
      Duration duration,
      Map<LimitKind, InferredLimit> inferred,
      long now) {
    inferred.forEach((limitKind, limit) -> rateController.onPeerInferred(limitKind, limit, now));
    long peersUntil = now + duration.toNanos();
    if (kind == HoldKind.RATE_LIMIT) {
      lastHoldNanos = duration.toNanos();
      routeHold.hold(kind, reason, peersUntil);
    } else if (!isOwnProbeFirst(peersUntil)) {
      long grace = random.nextLong(PROBE_GRACE_MILLIS, 2 * PROBE_GRACE_MILLIS);
      routeHold.hold(kind, reason, peersUntil + Duration.ofMillis(grace).toNanos());
    }
  }

  /**
   * Workers that receive the same error at the same time all announce a hold. The earliest one
   * sends the probe for all.
   */
  private boolean isOwnProbeFirst(long peersUntil) {
    RouteHold.Hold own = routeHold.current();
    return own != null && own.kind() != HoldKind.RATE_LIMIT && own.until() - peersUntil <= 0;
  }

  /** Applies an operator's hold and limits; only an operator can end this hold. */
  void applyOverride(RouteOverride latest, long now) {
    if (latest.equals(override)) {
      return;
    }
    if (!latest.perMinute().equals(override.perMinute())) {
      Map<LimitKind, Long> limits = new EnumMap<>(configuredPerMinute);
      limits.putAll(latest.perMinute());
      rateController.configure(limits);
    }
    if (override.hold() != null && latest.hold() == null) {
      rateController.ramp(RAMP_FROM, MAX_RAMP_SECONDS, now);
    }
    override = latest;
  }

  /** Returns the hold, manual or by the provider; null if the route is not held. */
  LimiterStatus.@Nullable Hold currentHold(long now) {
    String manual = override.hold();
    return manual == null
        ? providerHold(now)
        : new LimiterStatus.Hold(HoldKind.MANUAL, manual, Duration.ZERO, false);
  }

  private LimiterStatus.@Nullable Hold providerHold(long now) {
    RouteHold.Hold hold = routeHold.current();
    if (hold == null || (hold.kind() == HoldKind.RATE_LIMIT && now - hold.until() >= 0)) {
      return null;
    }
    return new LimiterStatus.Hold(
        hold.kind(), hold.reason(), remainingHold(now), routeHold.isProbing());
  }

  List<LimitView> limits(long now) {
    return rateController.limits(now);
  }

  LimiterStatus.Calls calls() {
    return calls.status();
  }

  private RouteHealth onProviderHealthy(boolean isProbe, long now) {
    breaker.onSuccess();
    RouteHold.Hold hold = routeHold.current();
    if (isProbe && hold != null && hold.kind() != HoldKind.RATE_LIMIT) {
      release(hold.kind(), now);
      peerWorkers.announceRelease(hold.kind(), hold.reason());
    }
    routeHold.onSuccess();
    return RouteHealth.HEALTHY;
  }

  /**
   * Ends a hold of this kind. A hold of another kind remains: a successful probe never ends a
   * Retry-After hold.
   */
  void release(HoldKind kind, long now) {
    RouteHold.Hold hold = routeHold.current();
    if (hold != null && hold.kind() == kind && routeHold.release()) {
      breaker.onSuccess();
      rateController.ramp(OUTAGE_RAMP_FROM, OUTAGE_RAMP_SECONDS, now);
    }
  }

  private RouteHealth onFailure(
      String task, CallFeedback.Failed failed, boolean isProbe, long now) {
    boolean opens = breaker.onFailure(task);
    boolean isHeld = providerHold(now) != null;
    if (isProbe || (opens && !isHeld)) {
      return hold(HoldKind.BREAKER, failed.reason(), null, true, now);
    }
    boolean outage = !failed.reached() || breaker.suspectsOutage() || isHeld;
    return new RouteHealth(remainingHold(now), outage);
  }

  private RouteHealth hold(
      HoldKind kind, String reason, @Nullable Duration retryAfter, boolean outage, long now) {
    boolean isHeld = remainingHold(now).isPositive();
    if (!isHeld || retryAfter != null) {
      Duration duration = holdDurations.next(kind, retryAfter, routeHold.consecutiveHolds());
      if (routeHold.hold(kind, reason, now + duration.toNanos())) {
        lastHoldNanos = duration.toNanos();
        peerWorkers.announceHold(kind, reason, duration, rateController.inferred(now));
      }
    }
    return new RouteHealth(remainingHold(now), outage);
  }

  private Duration remainingHold(long now) {
    RouteHold.Hold hold = routeHold.current();
    return Duration.ofNanos(hold == null ? 0 : Math.max(0, hold.until() - now));
  }

  private static Map<LimitKind, Long> perMinute(RouteSettings.Limits limits) {
    Map<LimitKind, Long> perMinute = new EnumMap<>(LimitKind.class);
    perMinute.put(LimitKind.REQUESTS, limits.requestsPerMinute());
    perMinute.put(LimitKind.TOKENS, limits.tokensPerMinute());
    perMinute.put(LimitKind.INPUT_TOKENS, limits.inputTokensPerMinute());
    perMinute.put(LimitKind.OUTPUT_TOKENS, limits.outputTokensPerMinute());
    return perMinute;
  }
}
