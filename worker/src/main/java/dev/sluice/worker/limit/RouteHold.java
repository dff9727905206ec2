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
 *   Held        time is over, long RATE_LIMIT          Half-open
 *   Held        time is over, other kinds              Half-open
 *   Half-open   a caller arrives                       Half-open; its call is the probe
 *   Half-open   the probe succeeds                     Open
 *   Half-open   the probe fails                        Held, longer
 *   any         a peer's probe succeeds                Open
 * </pre>
 *
 * <p>While a probe is in flight, all other callers wait. A route has one such hold, and each source
 * whose calls all fail has one of its own ({@link HoldPolicy}).
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

    /** Its source is held until this time: its task must make room for the tasks of others. */
    record SourceHeld(long until) implements State {}
  }

  /**
   * A hold and its end.
   *
   * @param endsByProbe whether a probe ends it; else it is over at its end
   */
  record Hold(HoldKind kind, String reason, long since, long until, boolean endsByProbe) {}

  private static final State OPEN = new State.Open();
  private static final State PROBE = new State.Probe();
  private static final long PROBE_RECHECK_INTERVAL = Duration.ofSeconds(1).toNanos();

  private static final long IDLE_AFTER = Duration.ofMinutes(2).toNanos();

  private @Nullable Hold hold;
  private int probes;

  /** Distinguishes probes of the current hold from those of a hold that was released. */
  private int generation;

  private int consecutiveHolds;

  State state(long now) {
    Hold current = hold;
    if (current == null) {
      return OPEN;
    }
    if (now - current.until() < 0) {
      return new State.Held(current.until());
    }
    if (!current.endsByProbe()) {
      return OPEN;
    }
    if (probes > 0) {
      return new State.Held(now + PROBE_RECHECK_INTERVAL);
    }
    return PROBE;
  }

  void onProbeSent() {
    probes++;
  }

  /**
   * The probe ended, with any result.
   *
   * @return whether it is still a probe: the hold has not been released since it was sent
   */
  boolean onProbeEnded(int probesGeneration) {
    if (probesGeneration != generation) {
      return false;
    }
    probes = Math.max(0, probes - 1);
    return true;
  }

  int generation() {
    return generation;
  }

  /**
   * Holds the route. A current hold that ends later remains.
   *
   * @return whether the hold has changed
   */
  boolean hold(HoldKind kind, String reason, long now, Duration duration) {
    Hold current = hold;
    long until = now + duration.toNanos();
    if (current != null && current.until() - until >= 0) {
      return false;
    }
    boolean endsByProbe = kind != HoldKind.RATE_LIMIT || HoldDurations.isLong(duration);
    hold = new Hold(kind, reason, now, until, endsByProbe);
    consecutiveHolds++;
    return true;
  }

  /** Ends the hold, and returns whether there was one. */
  boolean release() {
    boolean wasHeld = hold != null;
    hold = null;
    probes = 0;
    generation++;
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
    if (current != null && !current.endsByProbe() && now - current.until() >= 0) {
      return release();
    }
    return false;
  }

  /** Whether no task has arrived to be the probe for minutes: the source has no tasks any more. */
  boolean isIdle(long now) {
    Hold current = hold;
    return current == null || (probes == 0 && now - current.until() > IDLE_AFTER);
  }

  int consecutiveHolds() {
    return consecutiveHolds;
  }

  /** Returns the current hold; null if the route is not held. */
  @Nullable Hold current() {
    return hold;
  }

  boolean isProbing() {
    return probes > 0;
  }
}
