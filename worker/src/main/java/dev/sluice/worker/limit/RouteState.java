package dev.sluice.worker.limit;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.LimitView;
import dev.sluice.worker.limit.rate.RateController;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of one route in this worker: target rates, hold and provider health.
 *
 * <p>It learns from the feedback of each call ({@link CallFeedback} has the table), from the peers'
 * announcements, and from operators' overrides. {@link HoldPolicy} decides what a failure holds:
 * the route, the source of the call, or neither.
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

  /** A task makes room for this time if another one is to be the probe. */
  private static final long PROBE_RECHECK_INTERVAL = Duration.ofSeconds(5).toNanos();

  /** In an outage, this many sources send a probe before the first one is due. */
  private static final int MAX_SUSPECTS = 10;

  private static final Duration MAX_RATE_LIMIT_HOLD = Duration.ofMinutes(5);

  private final int fleetConcurrency;
  private final boolean chargesUnusedReply;
  private final PeerWorkers peerWorkers;
  private final RandomGenerator random;
  private final HoldDurations holdDurations;
  private final RateController rateController;
  private final RouteHold routeHold = new RouteHold();
  private final SourceHolds sourceHolds = new SourceHolds();
  private final HoldPolicy holdPolicy;

  /** The sources whose failures hold the route. Their tasks probe only if no other task waits. */
  private Set<String> suspects = Set.of();

  private int earlyProbes;

  /** The rate limit of the last early probe, which does not extend the hold. */
  private long noEarlyProbeUntil;

  private final CallAverages calls = new CallAverages();
  private final Map<LimitKind, Long> configuredPerMinute;
  private RouteOverride override = RouteOverride.NONE;
  private long lastHoldNanos;

  RouteState(RouteSettings route, PeerWorkers peerWorkers, RandomGenerator random, long now) {
    this.fleetConcurrency = route.fleetConcurrency();
    this.chargesUnusedReply = UsageReconciler.chargesUnusedReply(route.provider().dialect());
    this.peerWorkers = peerWorkers;
    this.random = random;
    this.noEarlyProbeUntil = now;
    this.holdDurations = new HoldDurations(route, random);
    this.holdPolicy = new HoldPolicy(route.breaker().failures());
    this.configuredPerMinute = perMinute(route.limits());
    this.rateController = new RateController(configuredPerMinute, route.limits().learn(), now);
  }

  /**
   * Returns what the next caller must do.
   *
   * @param waiting the origins of all waiting calls
   */
  RouteHold.State holdState(CallOrigin origin, Collection<CallOrigin> waiting, long now) {
    if (override.hold() != null) {
      return new RouteHold.State.Held(now + MANUAL_RECHECK_INTERVAL);
    }
    if (routeHold.releaseIfOver(now)) {
      double seconds = Math.clamp(lastHoldNanos / 1e9, MIN_RAMP_SECONDS, MAX_RAMP_SECONDS);
      rateController.ramp(RAMP_FROM, seconds, now);
      suspects = Set.of();
    }
    RouteHold.Hold hold = routeHold.current();
    RouteHold.State state = routeHold.state(now);
    if (hold != null && hold.endsByProbe() && !suspects.isEmpty()) {
      return isSuspect(origin) ? suspectState(state, hold, waiting, now) : otherState(state, now);
    }
    return state instanceof RouteHold.State.Open && !sourceHolds.isEmpty()
        ? sourceHolds.state(origin.source(), now)
        : state;
  }

  /** The tasks that caused a hold make room for others, which are the better probes. */
  private RouteHold.State suspectState(
      RouteHold.State state, RouteHold.Hold hold, Collection<CallOrigin> waiting, long now) {
    return switch (state) {
      case RouteHold.State.Held held ->
          new RouteHold.State.SourceHeld(
              routeHold.isProbing() ? now + PROBE_RECHECK_INTERVAL : hold.until());
      case RouteHold.State.Probe probe when !waiting.stream().allMatch(this::isSuspect) ->
          new RouteHold.State.SourceHeld(now + PROBE_RECHECK_INTERVAL);
      case RouteHold.State.Probe probe -> probe;
      case RouteHold.State.Open open -> open;
      case RouteHold.State.SourceHeld held -> held;
    };
  }

  /** A source that has not failed may probe at once: the hold may be wrong. */
  private RouteHold.State otherState(RouteHold.State state, long now) {
    if (earlyProbes > 0 || suspects.size() >= MAX_SUSPECTS) {
      return state;
    }
    if (now - noEarlyProbeUntil >= 0) {
      return new RouteHold.State.Probe();
    }
    return state instanceof RouteHold.State.Held held && held.until() - noEarlyProbeUntil > 0
        ? new RouteHold.State.Held(noEarlyProbeUntil)
        : state;
  }

  private boolean isSuspect(CallOrigin origin) {
    return !suspects.isEmpty() && suspects.contains(origin.source());
  }

  /**
   * A call that is a probe.
   *
   * @param hold the hold that it probes
   * @param generation of the hold when the probe was sent
   * @param isEarly whether its source is no suspect; it need not wait for the end of the hold
   */
  record Probe(RouteHold hold, int generation, boolean isEarly) {}

  /**
   * Marks a call as the probe. Returns null if it is none: the route may have been released since
   * {@link #holdState}.
   */
  @Nullable Probe startProbe(CallOrigin origin, long now) {
    RouteHold.Hold ofRoute = routeHold.current();
    RouteHold ofSource = sourceHolds.isEmpty() ? null : sourceHolds.of(origin.source());
    RouteHold probed = ofRoute != null && ofRoute.endsByProbe() ? routeHold : ofSource;
    if (probed == null) {
      return null;
    }
    probed.onProbeSent();
    boolean isEarly = probed == routeHold && !suspects.isEmpty() && !isSuspect(origin);
    earlyProbes += isEarly ? 1 : 0;
    return new Probe(probed, probed.generation(), isEarly);
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
   * @param probe null if the call was none
   */
  RouteHealth onCallEnded(
      InFlightCall call, CallFeedback feedback, @Nullable Probe probe, long now) {
    RouteHold probed = null;
    if (probe != null) {
      probed = probe.hold().onProbeEnded(probe.generation()) ? probe.hold() : null;
      earlyProbes -= probe.isEarly() ? 1 : 0;
    }
    return switch (feedback) {
      case CallFeedback.Succeeded succeeded -> onSuccess(call, succeeded, probed, now);
      case CallFeedback.Rejected rejected -> {
        rateController.onAdvertised(call.reserved(), rejected.advertised(), now);
        yield onProviderHealthy(call, probed, now);
      }
      case CallFeedback.Throttled throttled -> {
        if (probe != null && probe.isEarly()) {
          delayEarlyProbes(throttled.retryAfter(), now);
        }
        yield onThrottled(call, throttled, probed, now);
      }
      case CallFeedback.RouteUnavailable unavailable -> {
        holdPolicy.onReachable();
        rateController.onAdvertised(null, unavailable.advertised(), now);
        yield onFailure(call, unavailable.kind(), unavailable.reason(), probed, now);
      }
      case CallFeedback.Failed failed -> {
        RouteHealth health = onFailure(call, HoldKind.BREAKER, failed.reason(), probed, now);
        yield failed.reached() ? health : new RouteHealth(health.holdFor(), true);
      }
      case CallFeedback.Abandoned abandoned -> RouteHealth.HEALTHY;
      case CallFeedback.NotSent notSent -> RouteHealth.HEALTHY;
    };
  }

  /** A long wait may be that of one model: it delays only its source, which becomes a suspect. */
  private void delayEarlyProbes(@Nullable Duration retryAfter, long now) {
    if (retryAfter != null && HoldDurations.isLong(retryAfter)) {
      return;
    }
    Duration backoff =
        holdDurations.next(HoldKind.RATE_LIMIT, null, routeHold.consecutiveHolds() - 1);
    noEarlyProbeUntil = now + backoff.toNanos();
    if (retryAfter != null && retryAfter.compareTo(backoff) > 0) {
      noEarlyProbeUntil = now + retryAfter.toNanos();
    }
  }

  private RouteHealth onThrottled(
      InFlightCall call, CallFeedback.Throttled throttled, @Nullable RouteHold probed, long now) {
    calls.onThrottled();
    holdPolicy.onReachable();
    Duration retryAfter = throttled.retryAfter();
    if (retryAfter != null && HoldDurations.isLong(retryAfter)) {
      rateController.onAdvertised(null, throttled.advertised(), now);
      String wait =
          retryAfter.toHours() >= 2 ? retryAfter.toHours() + " h" : retryAfter.toMinutes() + " min";
      String reason = "the provider asks to wait " + wait;
      return onFailure(call, HoldKind.RATE_LIMIT, reason, probed, now);
    }
    rateController.onThrottled(throttled.exceeded(), throttled.advertised(), now);
    holdRoute(HoldKind.RATE_LIMIT, "rate limit", retryAfter, now);
    return new RouteHealth(remainingHold(call.origin(), now), false);
  }

  private RouteHealth onSuccess(
      InFlightCall call, CallFeedback.Succeeded succeeded, @Nullable RouteHold probed, long now) {
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
    return onProviderHealthy(call, probed, now);
  }

  /** A peer announced a hold. */
  void onPeerHold(
      HoldKind kind,
      String reason,
      Duration duration,
      Map<LimitKind, InferredLimit> inferred,
      Set<String> peersSuspects,
      long now) {
    inferred.forEach((limitKind, limit) -> rateController.onPeerInferred(limitKind, limit, now));
    long peersUntil = now + duration.toNanos();
    if (kind == HoldKind.RATE_LIMIT) {
      suspects = withAll(suspects, peersSuspects);
      lastHoldNanos = duration.toNanos();
      routeHold.hold(kind, reason, now, capped(duration));
    } else if (!isOwnProbeFirst(routeHold, peersUntil)) {
      routeHold.hold(kind, reason, now, duration.plus(probeGrace()));
      suspects = withAll(suspects, peersSuspects);
    }
  }

  /** An earlier version announces a long Retry-After delay in full. */
  private static Duration capped(Duration rateLimit) {
    return rateLimit.compareTo(MAX_RATE_LIMIT_HOLD) > 0 ? MAX_RATE_LIMIT_HOLD : rateLimit;
  }

  /** A peer holds sources. */
  void onPeerSourceHold(
      HoldKind kind, String reason, Duration duration, Set<String> sources, long now) {
    holdPolicy.onPeerHold(sources, kind, now);
    long peersUntil = now + duration.toNanos();
    for (String source : sources) {
      RouteHold hold = sourceHolds.create(source, now);
      if (!isOwnProbeFirst(hold, peersUntil)) {
        hold.hold(kind, reason, now, duration.plus(probeGrace()));
      }
    }
  }

  private Duration probeGrace() {
    return Duration.ofMillis(random.nextLong(PROBE_GRACE_MILLIS, 2 * PROBE_GRACE_MILLIS));
  }

  /**
   * Workers that receive the same error at the same time all announce a hold. The earliest one
   * sends the probe for all.
   */
  private static boolean isOwnProbeFirst(RouteHold hold, long peersUntil) {
    RouteHold.Hold own = hold.current();
    return own != null && own.endsByProbe() && own.until() - peersUntil <= 0;
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

  /** Returns the hold, manual or by the provider, or of sources; null if there is none. */
  LimiterStatus.@Nullable Hold currentHold(long now) {
    String manual = override.hold();
    if (manual != null) {
      return new LimiterStatus.Hold(
          HoldKind.MANUAL, manual, Duration.ZERO, false, Set.of(), false, false);
    }
    LimiterStatus.Hold hold = providerHold(now);
    return hold == null ? sourceHolds.status(now) : hold;
  }

  private LimiterStatus.@Nullable Hold providerHold(long now) {
    RouteHold.Hold hold = routeHold.current();
    if (hold == null || (!hold.endsByProbe() && now - hold.until() >= 0)) {
      return null;
    }
    return new LimiterStatus.Hold(
        hold.kind(),
        hold.reason(),
        remaining(hold, now),
        routeHold.isProbing(),
        suspects.size() < MAX_SUSPECTS ? suspects : Set.of(),
        hold.endsByProbe(),
        /* partial= */ false);
  }

  List<LimitView> limits(long now) {
    return rateController.limits(now);
  }

  LimiterStatus.Calls calls() {
    return calls.status();
  }

  private RouteHealth onProviderHealthy(InFlightCall call, @Nullable RouteHold probed, long now) {
    holdPolicy.onSuccess(call.origin(), call.startedAt(), now);
    RouteHold.Hold hold = routeHold.current();
    if (probed == routeHold && hold != null && hold.endsByProbe()) {
      releaseRoute(now);
      peerWorkers.announceRelease(hold.kind(), hold.reason());
    }
    routeHold.onSuccess();
    if (!sourceHolds.isEmpty()) {
      sourceHolds
          .onSuccess(call.origin().source(), call.startedAt())
          .ifPresent(
              ended ->
                  peerWorkers.announceSourceRelease(ended.kind(), ended.reason(), ended.sources()));
    }
    return RouteHealth.HEALTHY;
  }

  /**
   * Ends the holds of this kind, of the route and of all sources. A hold of another kind remains: a
   * successful probe never ends a Retry-After hold.
   */
  void release(HoldKind kind, long now) {
    boolean released = sourceHolds.release(kind).isPresent();
    RouteHold.Hold hold = routeHold.current();
    if (hold != null && hold.kind() == kind) {
      releaseRoute(now);
      released = true;
    }
    if (released) {
      holdPolicy.clear();
    }
  }

  private void releaseRoute(long now) {
    boolean wasHeld = routeHold.release();
    suspects = Set.of();
    if (wasHeld) {
      rateController.ramp(OUTAGE_RAMP_FROM, OUTAGE_RAMP_SECONDS, now);
    }
  }

  /** A peer has ended the holds of these sources: they or others succeed. */
  void onPeerSourceRelease(HoldKind kind, Set<String> sources, long now) {
    sourceHolds.release(kind, sources);
    holdPolicy.onPeerSuccess(sources, now);
  }

  private RouteHealth onFailure(
      InFlightCall call, HoldKind kind, String reason, @Nullable RouteHold probed, long now) {
    CallOrigin origin = call.origin();
    HoldPolicy.Blame blame = holdPolicy.onFailure(origin, kind, now);
    boolean isHeld = isHeld(origin);
    if (probed == routeHold || (blame == HoldPolicy.Blame.ROUTE && providerHold(now) == null)) {
      suspects = withAll(suspects, holdPolicy.suspects(kind, now));
      suspects.add(origin.source());
      sourceHolds.clear();
      holdRoute(kind, reason, retryAfter(kind), now);
      isHeld = true;
    } else if (probed != null || (blame == HoldPolicy.Blame.SOURCE && !isHeld)) {
      holdSources(origin, kind, reason, now);
      isHeld = true;
    }
    boolean outage = isHeld || blame != HoldPolicy.Blame.REQUEST;
    return new RouteHealth(remainingHold(origin, now), outage);
  }

  private static Set<String> withAll(Set<String> sources, Set<String> more) {
    Set<String> all = new TreeSet<>(sources);
    all.addAll(more);
    return all;
  }

  private static @Nullable Duration retryAfter(HoldKind kind) {
    return kind == HoldKind.RATE_LIMIT ? MAX_RATE_LIMIT_HOLD : null;
  }

  private boolean isHeld(CallOrigin origin) {
    RouteHold.Hold hold = routeHold.current();
    return (hold != null && hold.endsByProbe())
        || (!sourceHolds.isEmpty() && sourceHolds.of(origin.source()) != null);
  }

  private void holdRoute(HoldKind kind, String reason, @Nullable Duration retryAfter, long now) {
    RouteHold.Hold current = routeHold.current();
    boolean isHeld = current != null && remaining(current, now).isPositive();
    if (isHeld && retryAfter == null) {
      return;
    }
    Duration duration = holdDurations.next(kind, retryAfter, routeHold.consecutiveHolds());
    if (routeHold.hold(kind, reason, now, duration)) {
      lastHoldNanos = duration.toNanos();
      peerWorkers.announceHold(kind, reason, duration, rateController.inferred(now), suspects);
    }
  }

  private void holdSources(CallOrigin origin, HoldKind kind, String reason, long now) {
    Set<String> sources = new TreeSet<>(holdPolicy.suspects(kind, now));
    sources.add(origin.source());
    RouteHold own = sourceHolds.create(origin.source(), now);
    Duration duration = holdDurations.next(kind, retryAfter(kind), own.consecutiveHolds());
    for (String source : sources) {
      sourceHolds.create(source, now).hold(kind, reason, now, duration);
    }
    peerWorkers.announceSourceHold(kind, reason, duration, sources);
  }

  private Duration remainingHold(CallOrigin origin, long now) {
    RouteHold.Hold hold = routeHold.current();
    Duration route = hold == null ? Duration.ZERO : remaining(hold, now);
    RouteHold source = sourceHolds.isEmpty() ? null : sourceHolds.of(origin.source());
    RouteHold.Hold ofSource = source == null ? null : source.current();
    Duration own = ofSource == null ? Duration.ZERO : remaining(ofSource, now);
    return own.compareTo(route) > 0 ? own : route;
  }

  private static Duration remaining(RouteHold.Hold hold, long now) {
    return Duration.ofNanos(Math.max(0, hold.until() - now));
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
