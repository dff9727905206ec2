package dev.sluice.worker.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The hold of a route, and the half-open state after it, as in a circuit breaker.
 *
 * <pre>
 *   state       event                                  next state
 *   Open        hold                                   Held
 *   Held        a hold that ends later                 Held until then
 *   Held        time is over, kind is RATE_LIMIT       Open
 *   Held        time is over, other kinds              Half-open
 *   Half-open   a caller arrives                       Half-open; its call is the probe
 *   Half-open   the probe succeeds                     Open
 *   Half-open   the probe fails                        Held, longer
 *   any         a peer's probe succeeds                Open
 * </pre>
 *
 * <p>While a probe is in flight, all other callers wait.
 *
 * <p>A longer hold replaces a shorter one, never the reverse. {@link #consecutiveHolds()} counts
 * the holds since the last success, for the backoff.
 *
 * <p>Not thread-safe; guarded by the limiter's lock. Times are nanoseconds of any monotonic clock.
 */
final class RouteHold {

  /** What the next caller must do. */
  sealed interface State {
    /** It may send its call. */
    record Open() implements State {}

    /** It may send its call as the probe; the others wait for the result. */
    record Probe() implements State {}

    /** It must wait until this time, and query the state again. */
    record Held(long until) implements State {}
  }

  /** A hold and its end. */
  record Hold(HoldKind kind, String reason, long until) {}

  private static final State OPEN = new State.Open();
  private static final State PROBE = new State.Probe();
  private static final long PROBE_RECHECK_INTERVAL = Duration.ofSeconds(1).toNanos();

  private @Nullable Hold hold;
  private boolean probing;
  private int consecutiveHolds;

  State state(long now) {
    Hold current = hold;
    if (current == null) {
      return OPEN;
    }
    if (now - current.until() < 0) {
      return new State.Held(current.until());
    }
    if (current.kind() == HoldKind.RATE_LIMIT) {
      return OPEN;
    }
    if (probing) {
      return new State.Held(now + PROBE_RECHECK_INTERVAL);
    }
    return PROBE;
  }

  void onProbeSent() {
    probing = true;
  }

  /** The probe ended, with any result. */
  void onProbeEnded() {
    probing = false;
  }

  /**
   * Holds the route. A current hold that ends later remains.
   *
   * @return whether the hold has changed
   */
  boolean hold(HoldKind kind, String reason, long until) {
    Hold current = hold;
    if (current != null && current.until() - until >= 0) {
      return false;
    }
    hold = new Hold(kind, reason, until);
    consecutiveHolds++;
    return true;
  }

  /** Ends the hold, and returns whether there was one. */
  boolean release() {
    boolean wasHeld = hold != null;
    hold = null;
    probing = false;
    return wasHeld;
  }

  /** Resets the backoff after a successful call, unless the route is held. */
  void onSuccess() {
    if (hold == null) {
      consecutiveHolds = 0;
    }
  }

  /** Ends a rate limit's hold whose time is over, and returns whether there was one. */
  boolean releaseIfOver(long now) {
    Hold current = hold;
    if (current != null && current.kind() == HoldKind.RATE_LIMIT && now - current.until() >= 0) {
      hold = null;
      return true;
    }
    return false;
  }

  int consecutiveHolds() {
    return consecutiveHolds;
  }

  /** Returns the current hold; null if the route is not held. */
  @Nullable Hold current() {
    return hold;
  }

  boolean isProbing() {
    return probing;
  }
}
