package dev.sluice.worker.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a route rests, and what ends its rest. A rate limit's ends with its time. All others end
 * when a scout, the one call that is let through after it, has come back well: until then nobody
 * follows. Not thread-safe: its owner holds a lock. Times are nanoseconds of any clock.
 */
final class RouteHold {

  /** What somebody who wants to make a call finds. */
  sealed interface State {
    /** It may go on. */
    record Open() implements State {}

    /** It may go on, and others follow only when it has come back well. */
    record Probe() implements State {}

    /** It has to wait until then, and look again. */
    record Held(long until) implements State {}
  }

  /** A rest, and until when. */
  record Hold(HoldKind kind, String reason, long until) {}

  private static final State OPEN = new State.Open();
  private static final State PROBE = new State.Probe();
  private static final long PROBE_RECHECK_INTERVAL = Duration.ofSeconds(1).toNanos();

  private @Nullable Hold rest;
  private boolean scouting;
  private int inARow;

  State state(long now) {
    Hold current = rest;
    if (current == null) {
      return OPEN;
    }
    if (now - current.until() < 0) {
      return new State.Held(current.until());
    }
    if (current.kind() == HoldKind.RATE_LIMIT) {
      return OPEN;
    }
    if (scouting) {
      return new State.Held(now + PROBE_RECHECK_INTERVAL);
    }
    return PROBE;
  }

  /** The scout is on its way. */
  void probeSent() {
    scouting = true;
  }

  /** The scout is back, whatever it met. */
  void probeReturned() {
    scouting = false;
  }

  /**
   * The route rests; a rest that lasts longer stays.
   *
   * @return whether it is another rest than before
   */
  boolean hold(HoldKind kind, String reason, long until) {
    Hold current = rest;
    if (current != null && current.until() - until >= 0) {
      return false;
    }
    rest = new Hold(kind, reason, until);
    inARow++;
    return true;
  }

  /** The rest ends. Returns whether there was one. */
  boolean release() {
    boolean ended = rest != null;
    rest = null;
    scouting = false;
    return ended;
  }

  /** A call was well: the next rest is the first one in a row, unless one goes on. */
  void succeeded() {
    if (rest == null) {
      inARow = 0;
    }
  }

  /**
   * The end of a rest whose time is over, and that needs no scout. Returns whether there was one.
   */
  boolean releaseIfOver(long now) {
    Hold current = rest;
    if (current != null && current.kind() == HoldKind.RATE_LIMIT && now - current.until() >= 0) {
      rest = null;
      return true;
    }
    return false;
  }

  /** How many rests there were since the last call that was well. */
  int consecutiveHolds() {
    return inARow;
  }

  /** Null where it does not rest. */
  @Nullable Hold current() {
    return rest;
  }

  boolean isProbing() {
    return scouting;
  }
}
