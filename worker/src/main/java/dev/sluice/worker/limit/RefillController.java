package dev.sluice.worker.limit;

import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;

/** Sets the refill rates of a route's buckets. Used by the head of the queue only. */
final class RefillController {
  /** A reservation is repeated if the rate has grown by this factor since. */
  private static final double MIN_SPEEDUP = 1.1;

  private static final double MIN_RELATIVE_CHANGE = 0.02;

  /** Rates are set again after this time: in Redis, peers set them too. */
  private static final long REPEAT_INTERVAL = Duration.ofSeconds(1).toNanos();

  /** A delay that the margin below the limit covers. */
  private static final long COVERED_DELAY = Duration.ofMillis(4).toNanos();

  private final Buckets buckets;
  private Rates applied = Rates.UNLIMITED;
  private long appliedAt;

  RefillController(Buckets buckets, long now) {
    this.buckets = buckets;
    this.appliedAt = now;
  }

  /** Sets the rates. Must be called without a lock: Redis may take some time to reply. */
  void apply(Rates rates, long now) {
    if (rates.differsFrom(applied, MIN_RELATIVE_CHANGE) || now - appliedAt > REPEAT_INTERVAL) {
      buckets.setRates(rates);
      appliedAt = now;
      applied = rates;
    }
  }

  /** Whether a new reservation at these rates would be due earlier than the current one. */
  boolean isSlowerThan(Rates rates, LimitKind kind) {
    double current = applied.of(kind).orElse(Double.POSITIVE_INFINITY);
    return rates.of(kind).orElse(Double.POSITIVE_INFINITY) > MIN_SPEEDUP * current;
  }

  /** Returns the time between two calls of this cost, of all workers together, in nanoseconds. */
  double callNanos(LimitKind kind, TokenCost cost) {
    return 1e9 * cost.amount(kind) / applied.of(kind).orElse(Double.POSITIVE_INFINITY);
  }

  /**
   * With strict spacing, delays the later calls after a late one. Otherwise the next call would be
   * too close, and a one-second window could receive one call too many.
   *
   * <p>Shifts later calls by at most one slot: after a delay of seconds no other call is close.
   *
   * @param nanos by how much a call was late
   */
  void onLateCall(long nanos) {
    if (applied.strictSpacing() && nanos > COVERED_DELAY) {
      double perSecond = applied.of(LimitKind.REQUESTS).orElse(0);
      buckets.delayLaterCalls(Math.min((nanos - COVERED_DELAY) / 1e9 * perSecond, 1));
    }
  }
}
