package dev.sluice.simulator.limit;

/**
 * An amount per minute that is spent and comes back. Times are microseconds since 1970, so that all
 * sums are exact; its owner holds the lock.
 */
sealed interface Allowance permits TokenBucketAllowance, FixedWindowAllowance {
  long MICROS_PER_MINUTE = 60_000_000;

  /** Microseconds until this amount can be taken; 0 where it can be now. */
  long waitFor(long amount, long now);

  void take(long amount, long now);

  /** Takes one, but never into debt: else who asks too often would never be let in again. */
  void takeForRefused(long now);

  /** What can be taken now, rounded down. */
  long left(long now);

  /** What is spent and not yet back. */
  long used(long now);

  /** Microseconds until nothing is spent any more. */
  long untilFull(long now);

  /** The same, with another limit from now on; what was spent stays spent. */
  Allowance withLimit(long perMinute, long now);

  long perMinute();

  static Allowance of(LimitSettings settings, long perMinute, long now) {
    return switch (settings.counting()) {
      case BUCKET -> TokenBucketAllowance.full(perMinute, settings.burst().toMillis(), now);
      case FIXED_MINUTE -> FixedWindowAllowance.minutes(perMinute, now);
      case PER_SECOND -> FixedWindowAllowance.seconds(perMinute, now);
    };
  }
}
