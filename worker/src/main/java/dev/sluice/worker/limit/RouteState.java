package dev.sluice.worker.limit;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.rate.LimitView;
import dev.sluice.worker.limit.rate.QuotaWait;
import dev.sluice.worker.limit.rate.RateController;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of one member of a route in this worker: target rates, holds and statistics of its
 * calls.
 *
 * <p>It learns from the feedback of each call ({@link CallFeedback} has the table), from the peers'
 * announcements, and from operators' overrides. It performs the effects of its {@link RouteHolds}.
 *
 * <p>Not thread-safe; guarded by the limiter's lock. Times are nanoseconds of any monotonic clock.
 */
final class RouteState {
  /** The end of a manual hold wakes the waiters; this interval is only a fallback. */
  private static final long MANUAL_RECHECK_INTERVAL = Duration.ofSeconds(1).toNanos();

  private final int fleetConcurrency;
  private final boolean chargesUnusedReply;
  private final PeerWorkers peerWorkers;
  private final RateController rateController;
  private final RouteHolds holds;
  private final IsolatedRejections isolatedRejections;
  private final CallAverages calls;
  private final AccountRates account;
  private RouteOverride override = RouteOverride.NONE;

  /** Several members may share the limits of an account. */
  RouteState(
      RouteSettings route,
      AccountRates account,
      PeerWorkers peerWorkers,
      RandomGenerator random,
      long now) {
    this.fleetConcurrency = route.fleetConcurrency();
    this.chargesUnusedReply = UsageReconciler.chargesUnusedReply(route.provider().dialect());
    this.peerWorkers = peerWorkers;
    this.account = account;
    this.isolatedRejections = account.isolatedRejections();
    this.calls = account.calls();
    this.rateController = account.controller();
    this.holds = new RouteHolds(route, random, this::perform, now);
  }

  /**
   * Returns what the next caller must do.
   *
   * @param waiting the origins of all waiting calls
   */
  HoldAdmission holdState(CallOrigin origin, Collection<CallOrigin> waiting, long now) {
    return override.hold() == null
        ? holds.admission(origin, waiting, now)
        : new HoldAdmission.Held(now + MANUAL_RECHECK_INTERVAL);
  }

  /** Marks a call as the probe. Returns null if it is none: the hold may have ended. */
  @Nullable HoldProbe startProbe(CallOrigin origin, long now) {
    return holds.startProbe(origin, now);
  }

  /**
   * Returns the name of the concurrency limit that is reached; null if none is.
   *
   * @param ofAccount number of calls in flight of the account
   * @param ofRoute number of calls in flight of all members of the route
   */
  @Nullable String reachedConcurrencyLimit(int ofAccount, int ofRoute, long now) {
    if (ofAccount >= rateController.maxInFlight(now)) {
      return "first_reply";
    }
    boolean isFleetLimit =
        fleetConcurrency > 0
            && ofRoute >= Math.max(1, (int) (fleetConcurrency * peerWorkers.limitFraction()));
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
   * A call is sent.
   *
   * @param reserved what the buckets were charged
   */
  InFlightCall startCall(CallOrigin origin, EstimatedUsage usage, TokenCost reserved, long now) {
    return new InFlightCall(
        origin, usage, rateController.onSent(reserved, peerWorkers.limitFraction(), now));
  }

  /** Returns what the call must wait for because of the advertised quota; null for nothing. */
  @Nullable QuotaWait quotaWait(EstimatedUsage usage, long now) {
    return rateController.quotaWait(costToReserve(usage, now), now);
  }

  /**
   * Applies the feedback of a call.
   *
   * @param probe null if the call was none
   */
  RouteHealth onCallEnded(
      InFlightCall call, CallFeedback feedback, @Nullable HoldProbe probe, long now) {
    HoldProbe current = probe == null ? null : holds.onProbeEnded(probe, now);
    return switch (feedback) {
      case CallFeedback.Succeeded succeeded -> onSuccess(call, succeeded, current, now);
      case CallFeedback.Rejected rejected -> onRejected(call, rejected, current, now);
      case CallFeedback.Throttled throttled -> {
        boolean isEarly = probe != null && probe.isEarly();
        yield onThrottled(call, throttled, isEarly, current, now);
      }
      case CallFeedback.NoCapacity refused -> onNoCapacity(call, refused, current, now);
      case CallFeedback.RouteUnavailable unavailable ->
          onUnavailable(call, unavailable, current, now);
      case CallFeedback.Failed failed -> onFailed(call, failed, current, now);
      case CallFeedback.Abandoned abandoned -> RouteHealth.HEALTHY;
      case CallFeedback.NotSent notSent -> {
        rateController.onNotAdmitted(call.sent());
        yield RouteHealth.HEALTHY;
      }
    };
  }

  private RouteHealth onSuccess(
      InFlightCall call, CallFeedback.Succeeded succeeded, @Nullable HoldProbe probe, long now) {
    isolatedRejections.onAdmitted();
    double seconds = (now - call.startedAt()) / 1e9;
    TokenCost used = succeeded.used();
    rateController.onSuccess(
        call.sent(),
        used == null ? call.reserved() : used,
        succeeded.advertised(),
        peerWorkers.limitFraction(),
        now);
    calls.onSuccess(seconds, call.reserved());
    if (used != null) {
      calls.onUsage(call.estimate().prompt(), used);
    }
    holds.onSuccess(call.origin(), call.startedAt(), probe, now);
    return RouteHealth.HEALTHY;
  }

  private RouteHealth onRejected(
      InFlightCall call, CallFeedback.Rejected rejected, @Nullable HoldProbe probe, long now) {
    rateController.onAdvertised(call.sent(), rejected.advertised(), now);
    holds.onSuccess(call.origin(), call.startedAt(), probe, now);
    return RouteHealth.HEALTHY;
  }

  /**
   * A short wait is that of the rate, and holds the route; unless much quota remains, and most
   * other calls are admitted. A long wait may be that of one model, and is a failure of its source.
   */
  private RouteHealth onThrottled(
      InFlightCall call,
      CallFeedback.Throttled throttled,
      boolean isEarlyProbe,
      @Nullable HoldProbe probe,
      long now) {
    calls.onThrottled();
    holds.onReachable();
    Duration retryAfter = throttled.retryAfter();
    if (retryAfter != null && HoldDurations.isLong(retryAfter)) {
      rateController.onAdvertised(call.sent(), throttled.advertised(), now);
      String wait =
          retryAfter.toHours() >= 2 ? retryAfter.toHours() + " h" : retryAfter.toMinutes() + " min";
      String reason = "the provider asks to wait " + wait;
      return holds.onFailure(call.origin(), HoldKind.RATE_LIMIT, reason, probe, now);
    }
    boolean isIsolated = isolatedRejections.onRejected();
    if (isIsolated && probe == null && throttled.advertised().hasQuotaFor(call.reserved())) {
      rateController.onNotAdmitted(call.sent());
      rateController.onAdvertised(call.sent(), throttled.advertised(), now);
      return RouteHealth.HEALTHY;
    }
    if (isEarlyProbe) {
      holds.onEarlyProbeThrottled(retryAfter, now);
    }
    rateController.onThrottled(call.sent(), throttled.exceeded(), throttled.advertised(), now);
    return holds.onThrottled(call.origin(), retryAfter, now);
  }

  private RouteHealth onNoCapacity(
      InFlightCall call, CallFeedback.NoCapacity refused, @Nullable HoldProbe probe, long now) {
    rateController.onNotAdmitted(call.sent());
    rateController.onAdvertised(call.sent(), refused.advertised(), now);
    holds.onReachable();
    if (probe != null) { // it has shown that the provider accepts calls again
      holds.onSuccess(call.origin(), call.startedAt(), probe, now);
    }
    return RouteHealth.HEALTHY;
  }

  private RouteHealth onUnavailable(
      InFlightCall call,
      CallFeedback.RouteUnavailable unavailable,
      @Nullable HoldProbe probe,
      long now) {
    holds.onReachable();
    rateController.onAdvertised(call.sent(), unavailable.advertised(), now);
    return holds.onFailure(call.origin(), unavailable.kind(), unavailable.reason(), probe, now);
  }

  /** A provider that was not reached is an outage, whatever the request. */
  private RouteHealth onFailed(
      InFlightCall call, CallFeedback.Failed failed, @Nullable HoldProbe probe, long now) {
    RouteHealth health =
        holds.onFailure(call.origin(), HoldKind.BREAKER, failed.reason(), probe, now);
    return failed.reached() ? health : new RouteHealth(health.holdFor(), true);
  }

  /** A peer announced the start or the end of a hold. */
  void onPeerAnnouncement(HoldAnnouncement announcement, long now) {
    if (announcement instanceof HoldAnnouncement.Hold hold) {
      hold.inferred().forEach((kind, limit) -> rateController.onPeerInferred(kind, limit, now));
    }
    holds.onPeerAnnouncement(announcement, now);
  }

  /**
   * Ends the holds of this kind, of the route and of all sources. A hold of another kind remains: a
   * successful probe never ends a Retry-After hold.
   */
  void release(HoldKind kind, long now) {
    holds.release(kind, now);
  }

  /** Applies an operator's hold and limits; only an operator can end this hold. */
  void applyOverride(RouteOverride latest, long now) {
    if (latest.equals(override)) {
      return;
    }
    if (!latest.perMinute().equals(override.perMinute())) {
      account.override(latest.perMinute());
    }
    if (override.hold() != null && latest.hold() == null) {
      perform(HoldEffect.Ramp.AFTER_MANUAL_HOLD, now);
    }
    override = latest;
  }

  /** Returns the hold, manual or by the provider, or of sources; null if there is none. */
  LimiterStatus.@Nullable Hold currentHold(long now) {
    String manual = override.hold();
    return manual == null
        ? holds.status(now)
        : new LimiterStatus.Hold(
            HoldKind.MANUAL, manual, Duration.ZERO, false, Set.of(), false, false);
  }

  List<LimitView> limits(long now) {
    return rateController.limits(now);
  }

  LimiterStatus.Calls calls() {
    return calls.status();
  }

  private void perform(HoldEffect effect, long now) {
    switch (effect) {
      case HoldEffect.Ramp ramp ->
          rateController.ramp(ramp.from(), ramp.seconds(), ramp.ofPredicted(), now);
      case HoldEffect.AnnounceHold(HoldState.Hold hold) ->
          peerWorkers.announce(
              new HoldAnnouncement.Hold(
                  hold.kind(),
                  hold.reason(),
                  hold.remaining(now),
                  rateController.inferred(now),
                  holds.suspects(),
                  holds.suspectProjects()));
      case HoldEffect.Announce(HoldAnnouncement announcement) -> peerWorkers.announce(announcement);
    }
  }
}
