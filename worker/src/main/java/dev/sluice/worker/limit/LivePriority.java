package dev.sluice.worker.limit;

import java.time.Duration;

/**
 * Live priority between workers: a live call does not queue behind the peers' batch calls.
 *
 * <pre>
 *   worker with the live call                      its peers
 *   the reserved delay is longer than two permits
 *   and 15 ms: announce the call, once
 *                                                  a batch head whose delay is longer than 30 ms
 *                                                  refunds its call and pauses for 30 ms
 *   reserve again every 4 ms, at most 6 times:
 *   the delay has become shorter
 *                                                  reserves again, behind the live call
 * </pre>
 *
 * <p>Not thread-safe; guarded by the limiter's lock. Times are nanoseconds of the limiter's clock.
 */
final class LivePriority {
  /** The maximum number of permits that a live call waits for behind the peers' batch calls. */
  private static final int MAX_PERMITS_BEFORE_LIVE = 2;

  /** A shorter delay is not worth a message to the peers. */
  private static final long MIN_DELAY = Duration.ofMillis(15).toNanos();

  /** Time for an announcement to reach the peers and take effect. */
  static final long ANNOUNCEMENT_LATENCY = Duration.ofMillis(4).toNanos();

  /** On a busy machine the peers need a multiple of that time. */
  private static final int MAX_ATTEMPTS = 6;

  private static final long PAUSE = Duration.ofMillis(30).toNanos();

  private long peersCallAt;
  private long pausedUntil;

  LivePriority(long now) {
    this.peersCallAt = now - MIN_DELAY;
    this.pausedUntil = now;
  }

  /** A peer announced a live call. */
  void onPeersCall(long now) {
    peersCallAt = now;
  }

  /** A batch head lets a peer's live call go first; only once for each announcement. */
  void onPause(long now) {
    peersCallAt = now - MIN_DELAY;
    pausedUntil = now + PAUSE;
  }

  boolean isPeersCall(long now) {
    return now - peersCallAt < MIN_DELAY;
  }

  long pausedUntil() {
    return pausedUntil;
  }

  /** Whether a batch call with this delay is far enough from its due time to pause. */
  static boolean mayPause(long delay) {
    return delay > 2 * MIN_DELAY;
  }

  /**
   * Whether a live head waits behind too many of the peers' batch calls.
   *
   * @param attempts how often its call was reserved because of that
   * @param callNanos time between two calls of this cost, of all workers together
   * @param limitFraction this worker's consumers ÷ all consumers of the route
   */
  static boolean isBehindPeers(int attempts, long delay, double callNanos, double limitFraction) {
    return attempts < MAX_ATTEMPTS
        && delay >= MIN_DELAY
        && limitFraction < 1
        && delay > MAX_PERMITS_BEFORE_LIVE * callNanos;
  }
}
