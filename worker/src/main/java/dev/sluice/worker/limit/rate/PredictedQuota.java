package dev.sluice.worker.limit.rate;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Predicts the present quota of a limit. A reply states the remaining quota of the time at which
 * its call was admitted, which is at least a latency ago. So the prediction adds the refill since
 * then, and subtracts the calls that were sent since then (Smith predictor).
 *
 * <pre>
 *   level(now) = remaining + refill(sent .. now) - charges of the calls sent after the reply's call
 *   charge     = reserved amount / this worker's fraction of all calls
 * </pre>
 *
 * <p>At a constant rate, refill and charges cancel out. So a provider that states the quota at the
 * end of a call is predicted correctly too; in a burst, its level is underestimated.
 */
final class PredictedQuota {
  private static final int MAX_CHARGES = 10_000;

  private record Charge(SentCall call, double amount) {}

  /** The calls that were sent after the reply's call, in this order. */
  private final Deque<Charge> charges = new ArrayDeque<>();

  private QuotaRefill refill = new QuotaRefill.Bucket(Double.POSITIVE_INFINITY, 0);
  private long readSequence = -1;
  private double level = Double.POSITIVE_INFINITY;
  private long at;

  PredictedQuota(long now) {
    this.at = now;
  }

  /**
   * A call was sent.
   *
   * @param amount what it and the simultaneous calls of the peers probably consume
   */
  void onSent(SentCall call, double amount) {
    charges.addLast(new Charge(call, amount));
    if (charges.size() > MAX_CHARGES) {
      charges.removeFirst();
    }
    charge(call, amount);
  }

  /** The provider did not admit a call. */
  void onNotAdmitted(SentCall call) {
    for (Charge charge : charges) {
      if (charge.call().sequence() == call.sequence()) {
        level += charge.amount();
        charges.remove(charge);
        return;
      }
    }
  }

  /** Whether the reply to this call is newer than the latest one. */
  boolean isNewer(SentCall call) {
    return call.sequence() >= readSequence;
  }

  /** A reply stated the remaining quota. */
  void onReading(SentCall call, double remaining, QuotaRefill latest) {
    refill = latest;
    readSequence = call.sequence();
    while (!charges.isEmpty() && charges.getFirst().call().sequence() <= call.sequence()) {
      charges.removeFirst();
    }
    level = remaining;
    at = call.at();
    charges.forEach(charge -> charge(charge.call(), charge.amount()));
  }

  /** Returns the present quota; infinite before the first reply. */
  double level(long now) {
    return now - at > 0 ? refill.after(level, at, now) : level;
  }

  /** Returns when the quota suffices for an amount, but at most its capacity. */
  long availableAt(double amount, long now) {
    double required = Math.min(amount, refill.capacity());
    return level(now) >= required ? now : refill.reaches(required, level(now), now);
  }

  double capacity() {
    return refill.capacity();
  }

  private void charge(SentCall call, double amount) {
    level = level(call.at()) - amount;
    at = call.at() - at > 0 ? call.at() : at;
  }
}
