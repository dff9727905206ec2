package dev.sluice.simulator.limit;

/**
 * Remaining quota of one limit. Times are integer microseconds since 1970, so that arithmetic is
 * exact. Not thread-safe; guarded by the lock of {@link Account}.
 */
sealed interface Allowance permits TokenBucketAllowance, FixedWindowAllowance {
  long MICROS_PER_MINUTE = 60_000_000;

  /** Microseconds until this amount is available; 0 if it is available now. */
  long waitFor(long amount, long now);

  void consume(long amount, long now);

  /**
   * Consumes one unit, but never creates a debt: otherwise a client that retries too often would
   * never be admitted again.
   */
  void consumeForRejected(long now);

  /** Available amount, rounded down. */
  long remaining(long now);

  /** Consumed amount that has not been refilled. */
  long used(long now);

  /** Microseconds until the full amount is available. */
  long untilFull(long now);

  /** A copy with another limit and the same usage. */
  Allowance withLimit(long perMinute, long now);

  long perMinute();

  static Allowance of(LimitSettings settings, long perMinute, long now) {
    return switch (settings.algorithm()) {
      case TOKEN_BUCKET -> TokenBucketAllowance.full(perMinute, settings.burst().toMillis(), now);
      case FIXED_MINUTE -> FixedWindowAllowance.minutes(perMinute, now);
      case PER_SECOND -> FixedWindowAllowance.seconds(perMinute, now);
    };
  }
}
