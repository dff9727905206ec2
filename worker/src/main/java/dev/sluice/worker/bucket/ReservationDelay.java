package dev.sluice.worker.bucket;

import dev.sluice.worker.limit.rate.LimitKind;

/**
 * When a call that was charged may go.
 *
 * @param nanos from now on; 0 for at once
 * @param by the limit that has it wait
 */
public record ReservationDelay(long nanos, LimitKind by) {
  static final ReservationDelay NOW = new ReservationDelay(0, LimitKind.REQUESTS);
}
