package dev.sluice.worker.limit;

/**
 * Distinguishes single 429s from clusters of them, at a provider whose headers state that much
 * quota remains.
 *
 * <pre>
 *   at most 3 of the last 20 calls rejected     isolated: delays its task
 *   more                                        cluster: holds the route
 * </pre>
 *
 * <p>Not thread-safe; guarded by the limiter's lock.
 */
final class IsolatedRejections {
  private static final long LAST_CALLS = (1L << 20) - 1;
  private static final int MAX_ISOLATED = 3;

  /** One bit for each call; the lowest is the last one. */
  private long rejected;

  void onAdmitted() {
    rejected <<= 1;
  }

  /** Counts a rejection, and returns whether it is isolated. */
  boolean onRejected() {
    rejected = (rejected << 1) | 1;
    return Long.bitCount(rejected & LAST_CALLS) <= MAX_ISOLATED;
  }
}
