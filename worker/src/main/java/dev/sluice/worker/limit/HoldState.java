package dev.sluice.worker.limit;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of one hold: a circuit breaker whose open state also has reasons other than
 * failures. A route has one, and so has each source whose calls all fail ({@link RouteHolds}).
 *
 * <pre>{@code
 * stateDiagram-v2
 *   [*] --> Open
 *   Open --> Held: OwnHold / AnnounceHold
 *   Open --> Held: PeerHold
 *   Held --> Held: OwnHold or PeerHold that ends later
 *   Held --> Open: TimePassed, no probe needed / Ramp
 *   Held --> HalfOpen: ProbeSent
 *   HalfOpen --> Held: ProbeEnded, the last one
 *   HalfOpen --> HalfOpen: OwnHold or PeerHold that ends later
 *   Held --> Open: Succeeded as a probe / Ramp, Announce
 *   HalfOpen --> Open: Succeeded as a probe / Ramp, Announce
 *   Held --> Open: Released / Ramp
 *   HalfOpen --> Open: Released / Ramp
 * }</pre>
 *
 * <p>A probe that ends fires {@code ProbeEnded}, and then {@code Succeeded} or {@code OwnHold}. All
 * other events leave the state as it is. States are immutable, and {@link #on} is pure: the owner
 * stores the next state and performs the effects.
 *
 * <p>Times are nanoseconds of any monotonic clock.
 */
sealed interface HoldState {

  /** Callers that wait for the result of a probe query again after this time. */
  long PROBE_RECHECK_INTERVAL = Duration.ofSeconds(1).toNanos();

  /**
   * Calls may be sent.
   *
   * @param generation number of releases; distinguishes probes of a hold from those of earlier ones
   * @param consecutiveHolds holds since the last success, for the backoff
   */
  record Open(int generation, int consecutiveHolds) implements HoldState {}

  /** No probe is in flight. The next one may be sent when the time is over. */
  record Held(Hold hold, int generation, int consecutiveHolds) implements HoldState {}

  /**
   * Probes are in flight; their results decide. There may be several: one may be sent before the
   * time is over ({@link Suspects}).
   */
  record HalfOpen(Hold hold, int probes, int generation, int consecutiveHolds)
      implements HoldState {}

  /**
   * A hold and its end.
   *
   * @param endsByProbe whether a probe ends it; else it is over at its end
   */
  record Hold(HoldKind kind, String reason, long since, long until, boolean endsByProbe) {

    boolean isOver(long now) {
      return now - until >= 0;
    }

    Duration remaining(long now) {
      return Duration.ofNanos(Math.max(0, until - now));
    }
  }

  /** An event. */
  sealed interface Event {
    /**
     * A call failed here.
     *
     * @param extend whether it may extend a current hold: a probe failed, or the provider asks for
     *     this duration
     */
    record OwnHold(HoldKind kind, String reason, Duration duration, boolean extend)
        implements Event {}

    /**
     * A peer announced a hold.
     *
     * @param grace extra time for the peer's probe; zero if no probe ends the hold. With a probe,
     *     the worker whose hold ends first sends it for all
     */
    record PeerHold(HoldKind kind, String reason, Duration duration, Duration grace)
        implements Event {}

    record ProbeSent() implements Event {}

    /** A probe ended, with any result. */
    record ProbeEnded(int generation) implements Event {}

    /** The provider answered a call. */
    record Succeeded(boolean asProbe) implements Event {}

    /** Another source knows that holds of this kind have ended. */
    record Released(HoldKind kind) implements Event {}

    record TimePassed() implements Event {}
  }

  /** The next state, and what must be done. */
  record Transition(HoldState next, List<HoldEffect> effects) {
    private static Transition to(HoldState next, HoldEffect... effects) {
      return new Transition(next, List.of(effects));
    }
  }

  int generation();

  int consecutiveHolds();

  /** Returns the current hold; null in {@link Open}. */
  default @Nullable Hold current() {
    return switch (this) {
      case Open open -> null;
      case Held held -> held.hold();
      case HalfOpen halfOpen -> halfOpen.hold();
    };
  }

  /** Returns the number of probes in flight. */
  default int probes() {
    return this instanceof HalfOpen halfOpen ? halfOpen.probes() : 0;
  }

  /** Returns what the next caller must do. */
  default HoldAdmission admission(long now) {
    Hold hold = current();
    if (hold == null) {
      return new HoldAdmission.Open();
    }
    if (!hold.isOver(now)) {
      return new HoldAdmission.Held(hold.until());
    }
    if (!hold.endsByProbe()) {
      return new HoldAdmission.Open();
    }
    return probes() > 0
        ? new HoldAdmission.Held(now + PROBE_RECHECK_INTERVAL)
        : new HoldAdmission.Probe();
  }

  /** Whether a probe ends the current hold. */
  default boolean endsByProbe() {
    Hold hold = current();
    return hold != null && hold.endsByProbe();
  }

  /** Whether this worker's probe is due before a peer's. */
  default boolean probesBefore(long peersUntil) {
    Hold hold = current();
    return hold != null && hold.endsByProbe() && hold.until() - peersUntil <= 0;
  }

  /** Returns the next state and the effects of an event. Pure. */
  default Transition on(Event event, long now) {
    return switch (event) {
      case Event.OwnHold own -> onOwnHold(own, now);
      case Event.PeerHold peer ->
          peer.grace().isPositive() && probesBefore(now + peer.duration().toNanos())
              ? Transition.to(this)
              : Transition.to(
                  hold(peer.kind(), peer.reason(), peer.duration().plus(peer.grace()), now));
      case Event.ProbeSent sent -> Transition.to(withProbes(probes() + 1));
      case Event.ProbeEnded ended ->
          Transition.to(
              ended.generation() == generation() ? withProbes(Math.max(0, probes() - 1)) : this);
      case Event.Succeeded success -> onSuccess(success.asProbe());
      case Event.Released released -> onReleased(released.kind());
      case Event.TimePassed passed -> onTimePassed(now);
    };
  }

  private Transition onOwnHold(Event.OwnHold event, long now) {
    Hold current = current();
    if (current != null && !current.isOver(now) && !event.extend()) {
      return Transition.to(this);
    }
    HoldState next = hold(event.kind(), event.reason(), event.duration(), now);
    Hold hold = next.current();
    return hold == null || next.equals(this)
        ? Transition.to(this)
        : Transition.to(next, new HoldEffect.AnnounceHold(hold));
  }

  private Transition onSuccess(boolean asProbe) {
    Hold hold = current();
    if (hold == null) {
      return Transition.to(new Open(generation(), 0));
    }
    return asProbe && hold.endsByProbe()
        ? Transition.to(
            new Open(generation() + 1, 0),
            HoldEffect.Ramp.AFTER_OUTAGE,
            new HoldEffect.Announce(new HoldAnnouncement.Release(hold.kind(), hold.reason())))
        : Transition.to(this);
  }

  private Transition onReleased(HoldKind kind) {
    Hold hold = current();
    return hold != null && hold.kind() == kind
        ? Transition.to(released(), HoldEffect.Ramp.AFTER_OUTAGE)
        : Transition.to(this);
  }

  private Transition onTimePassed(long now) {
    Hold hold = current();
    return hold != null && !hold.endsByProbe() && hold.isOver(now)
        ? Transition.to(released(), HoldEffect.Ramp.afterRateLimit(hold))
        : Transition.to(this);
  }

  private Open released() {
    return new Open(generation() + 1, consecutiveHolds());
  }

  /** A longer hold replaces a shorter one, never the reverse. */
  private HoldState hold(HoldKind kind, String reason, Duration duration, long now) {
    Hold current = current();
    long until = now + duration.toNanos();
    if (current != null && current.until() - until >= 0) {
      return this;
    }
    boolean endsByProbe = kind != HoldKind.RATE_LIMIT || HoldDurations.isLong(duration);
    Hold hold = new Hold(kind, reason, now, until, endsByProbe);
    return of(hold, probes(), generation(), consecutiveHolds() + 1);
  }

  private HoldState withProbes(int probes) {
    Hold hold = current();
    return hold == null ? this : of(hold, probes, generation(), consecutiveHolds());
  }

  private static HoldState of(Hold hold, int probes, int generation, int consecutiveHolds) {
    return probes == 0
        ? new Held(hold, generation, consecutiveHolds)
        : new HalfOpen(hold, probes, generation, consecutiveHolds);
  }
}
