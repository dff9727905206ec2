package dev.sluice.worker.limit;

import dev.sluice.worker.limit.bucket.ReservationDelay;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;

/**
 * A call that the buckets have been charged for, but that is not due yet.
 *
 * @param by the limit that causes its delay
 * @param reservedAt nanoseconds of the limiter's clock
 * @param dueAt when the call may be sent
 * @param retryAt when the call must be reserved again; {@code dueAt} if it need not
 */
record Reservation(TokenCost cost, LimitKind by, long reservedAt, long dueAt, long retryAt) {

  static Reservation of(TokenCost cost, ReservationDelay delay, long now) {
    long dueAt = now + delay.nanos();
    return new Reservation(cost, delay.by(), now, dueAt, dueAt);
  }

  /** Returns this reservation, to be made again after a time. */
  Reservation retryAfter(long nanos) {
    return new Reservation(cost, by, reservedAt, dueAt, reservedAt + nanos);
  }

  /** Returns by how much a call is late that is sent now; 0 for a call without a delay. */
  long lateNanos(long now) {
    return dueAt == reservedAt ? 0 : now - dueAt;
  }
}
