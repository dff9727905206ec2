package dev.sluice.worker.limit;

import dev.sluice.platform.route.RouteSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The holds of a route and of its sources. {@link HoldPolicy} decides what a failure holds, {@link
 * HoldDurations} how long, {@link Suspects} who probes, and {@link HoldState} what follows.
 *
 * <p>The hold of the route applies first. The holds of sources end when the route is held.
 *
 * <p>Not thread-safe; guarded by the limiter's lock. Times are nanoseconds of any monotonic clock.
 */
final class RouteHolds {
  /** Extra time a worker waits for the probe of the peer that announced the hold. */
  private static final long PROBE_GRACE_MILLIS = 10_000;

  private static final Duration MAX_RATE_LIMIT_HOLD = Duration.ofMinutes(5);

  private final HoldPolicy policy;
  private final HoldDurations durations;
  private final RandomGenerator random;
  private final ObjLongConsumer<HoldEffect> effects;
  private final SourceHolds sources = new SourceHolds();
  private final Suspects suspects;
  private HoldState route = new HoldState.Open(0, 0);

  /**
   * @param effects performs an effect; the number is the time
   */
  RouteHolds(
      RouteSettings settings,
      RandomGenerator random,
      ObjLongConsumer<HoldEffect> effects,
      long now) {
    this.policy = new HoldPolicy(settings.breaker().failures());
    this.durations = new HoldDurations(settings, random);
    this.random = random;
    this.effects = effects;
    this.suspects = new Suspects(now);
  }

  /**
   * Returns what the next caller must do.
   *
   * @param waiting the origins of all waiting calls
   */
  HoldAdmission admission(CallOrigin origin, Collection<CallOrigin> waiting, long now) {
    policy.onCall(origin, now);
    apply(new HoldState.Event.TimePassed(), now);
    if (route.endsByProbe()) {
      return suspects.admission(route, origin, waiting, now);
    }
    HoldAdmission admission = route.admission(now);
    return admission instanceof HoldAdmission.Open ? sources.admission(origin, now) : admission;
  }

  /** Marks a call as the probe. Returns null if it is none: the hold may have ended. */
  @Nullable HoldProbe startProbe(CallOrigin origin, long now) {
    if (route.endsByProbe()) {
      apply(new HoldState.Event.ProbeSent(), now);
      boolean isEarly = suspects.isEarlyProbe(origin);
      if (isEarly) {
        suspects.onEarlyProbeSent();
      }
      return new HoldProbe(null, route.generation(), isEarly);
    }
    HoldState ofSource = sources.of(origin);
    if (ofSource == null) {
      return null;
    }
    sources.onProbeSent(origin, now);
    return new HoldProbe(origin.source(), ofSource.generation(), false);
  }

  /** Returns the probe that has ended; null if its hold has ended before. */
  @Nullable HoldProbe onProbeEnded(HoldProbe probe, long now) {
    if (probe.isEarly()) {
      suspects.onEarlyProbeEnded();
    }
    String source = probe.source();
    if (source != null) {
      return sources.onProbeEnded(source, probe.generation(), now) ? probe : null;
    }
    boolean isCurrent = route.generation() == probe.generation();
    apply(new HoldState.Event.ProbeEnded(probe.generation()), now);
    return isCurrent ? probe : null;
  }

  /**
   * The provider answered a call.
   *
   * @param startedAt when the call was sent
   * @param probe null if the call was none
   */
  void onSuccess(CallOrigin origin, long startedAt, @Nullable HoldProbe probe, long now) {
    policy.onSuccess(origin, startedAt, now);
    apply(new HoldState.Event.Succeeded(probe != null && probe.isOfRoute()), now);
    if (!sources.isEmpty()) {
      sources.onSuccess(origin, startedAt).ifPresent(release -> announce(release, now));
    }
  }

  /** The provider is reachable, although it did not complete the call: no outage. */
  void onReachable() {
    policy.onReachable();
  }

  /**
   * The provider rejected a call with 429 and asks for a wait that has its own end.
   *
   * @param retryAfter null if it does not ask for a wait
   */
  RouteHealth onThrottled(CallOrigin origin, @Nullable Duration retryAfter, long now) {
    holdRoute(HoldKind.RATE_LIMIT, "rate limit", retryAfter, now);
    return new RouteHealth(remaining(origin, now), false);
  }

  /** An early probe was throttled, which delays the next one but does not extend the hold. */
  void onEarlyProbeThrottled(@Nullable Duration retryAfter, long now) {
    Duration backoff = durations.next(HoldKind.RATE_LIMIT, null, route.consecutiveHolds() - 1);
    Duration delay =
        retryAfter == null || retryAfter.compareTo(backoff) <= 0 ? backoff : retryAfter;
    suspects.delayEarlyProbes(now + delay.toNanos());
  }

  /**
   * A call failed.
   *
   * @param probe null if the call was none
   */
  RouteHealth onFailure(
      CallOrigin origin, HoldKind kind, String reason, @Nullable HoldProbe probe, long now) {
    HoldPolicy.FailureCause cause = policy.onFailure(origin, kind, now);
    boolean isHeld = route.endsByProbe() || sources.of(origin) != null;
    boolean ofRoute = probe != null && probe.isOfRoute();
    if (ofRoute || (cause == HoldPolicy.FailureCause.ROUTE && currentOfRoute(now) == null)) {
      Set<String> all = suspectsWith(origin, kind, now);
      suspects.add(all, policy.projectsOf(all));
      sources.clear();
      holdRoute(kind, reason, retryAfter(kind), now);
      isHeld = true;
    } else if (probe != null || (cause == HoldPolicy.FailureCause.SOURCE && !isHeld)) {
      holdSources(origin, kind, reason, now);
      isHeld = true;
    }
    boolean outage = isHeld || cause != HoldPolicy.FailureCause.REQUEST;
    return new RouteHealth(remaining(origin, now), outage);
  }

  private void holdRoute(HoldKind kind, String reason, @Nullable Duration retryAfter, long now) {
    Duration duration = durations.next(kind, retryAfter, route.consecutiveHolds());
    apply(new HoldState.Event.OwnHold(kind, reason, duration, retryAfter != null), now);
  }

  private void holdSources(CallOrigin origin, HoldKind kind, String reason, long now) {
    Set<String> held = suspectsWith(origin, kind, now);
    Duration duration =
        durations.next(kind, retryAfter(kind), sources.consecutiveHolds(origin, now));
    HoldState.Event event = new HoldState.Event.OwnHold(kind, reason, duration, true);
    held.forEach(source -> sources.hold(source, event, now));
    announce(
        new HoldAnnouncement.SourceHold(kind, reason, duration, held, policy.projectsOf(held)),
        now);
  }

  private Set<String> suspectsWith(CallOrigin origin, HoldKind kind, long now) {
    Set<String> all = new TreeSet<>(policy.suspects(kind, now));
    all.add(origin.source());
    return all;
  }

  /** A long Retry-After delay has no end of its own: probes end it. */
  private static @Nullable Duration retryAfter(HoldKind kind) {
    return kind == HoldKind.RATE_LIMIT ? MAX_RATE_LIMIT_HOLD : null;
  }

  /** A peer announced the start or the end of a hold. */
  void onPeerAnnouncement(HoldAnnouncement announcement, long now) {
    switch (announcement) {
      case HoldAnnouncement.Hold hold -> onPeerHold(hold, now);
      case HoldAnnouncement.Release release -> release(release.kind(), now);
      case HoldAnnouncement.SourceHold hold -> onPeerSourceHold(hold, now);
      case HoldAnnouncement.SourceRelease release -> {
        sources.release(release.kind(), release.sources());
        policy.onPeerSuccess(release.sources(), now);
        if (!suspects().isEmpty() && release.sources().containsAll(suspects())) {
          apply(new HoldState.Event.Released(release.kind()), now);
        }
      }
    }
  }

  private void onPeerHold(HoldAnnouncement.Hold hold, long now) {
    Duration duration = hold.duration();
    if (hold.kind() == HoldKind.RATE_LIMIT) {
      onPeerHold(hold, capped(duration), Duration.ZERO, now);
    } else if (policy.isOneOfSeveral(hold.projects(), now)) { // the peer sees only one
      onPeerSourceHold(hold.ofSources(), now);
    } else if (!route.probesBefore(now + duration.toNanos())) {
      onPeerHold(hold, duration, probeGrace(), now);
    }
  }

  private void onPeerHold(HoldAnnouncement.Hold hold, Duration duration, Duration grace, long now) {
    suspects.add(hold.suspects(), hold.projects());
    apply(new HoldState.Event.PeerHold(hold.kind(), hold.reason(), duration, grace), now);
  }

  /** An earlier version announces a long Retry-After delay in full. */
  private static Duration capped(Duration rateLimit) {
    return rateLimit.compareTo(MAX_RATE_LIMIT_HOLD) > 0 ? MAX_RATE_LIMIT_HOLD : rateLimit;
  }

  private void onPeerSourceHold(HoldAnnouncement.SourceHold hold, long now) {
    policy.onPeerHold(hold.sources(), hold.projects(), hold.kind(), now);
    for (String source : hold.sources()) {
      sources.hold(
          source,
          new HoldState.Event.PeerHold(hold.kind(), hold.reason(), hold.duration(), probeGrace()),
          now);
    }
  }

  private Duration probeGrace() {
    return Duration.ofMillis(random.nextLong(PROBE_GRACE_MILLIS, 2 * PROBE_GRACE_MILLIS));
  }

  /** Ends the holds of this kind, of the route and of all sources. */
  void release(HoldKind kind, long now) {
    boolean hadSources = sources.release(kind);
    HoldState.Hold hold = route.current();
    apply(new HoldState.Event.Released(kind), now);
    if (hadSources || (hold != null && hold.kind() == kind)) {
      policy.clear();
    }
  }

  /** Returns the sources whose failures hold the route. */
  Set<String> suspects() {
    return suspects.sources();
  }

  /** Returns the projects of these sources. */
  Set<String> suspectProjects() {
    return suspects.projects();
  }

  /** Returns the hold of the route, or else of sources; null if there is none. */
  LimiterStatus.@Nullable Hold status(long now) {
    HoldState.Hold hold = currentOfRoute(now);
    return hold == null
        ? sources.status(now)
        : new LimiterStatus.Hold(
            hold.kind(),
            hold.reason(),
            hold.remaining(now),
            route.probes() > 0,
            suspects.withoutEarlyProbe(),
            hold.endsByProbe(),
            /* partial= */ false);
  }

  private HoldState.@Nullable Hold currentOfRoute(long now) {
    HoldState.Hold hold = route.current();
    return hold == null || (!hold.endsByProbe() && hold.isOver(now)) ? null : hold;
  }

  private Duration remaining(CallOrigin origin, long now) {
    Duration ofRoute = remaining(route, now);
    HoldState source = sources.of(origin);
    Duration ofSource = source == null ? Duration.ZERO : remaining(source, now);
    return ofSource.compareTo(ofRoute) > 0 ? ofSource : ofRoute;
  }

  private static Duration remaining(HoldState state, long now) {
    HoldState.Hold hold = state.current();
    return hold == null ? Duration.ZERO : hold.remaining(now);
  }

  private void announce(HoldAnnouncement announcement, long now) {
    effects.accept(new HoldEffect.Announce(announcement), now);
  }

  private void apply(HoldState.Event event, long now) {
    HoldState.Transition transition = route.on(event, now);
    route = transition.next();
    if (route instanceof HoldState.Open) {
      suspects.clear();
    }
    transition.effects().forEach(effect -> effects.accept(effect, now));
  }
}
