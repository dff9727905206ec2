package dev.sluice.worker.limit.bucket;

import dev.sluice.worker.limit.rate.LimitKind;

/**
 * How long a reserved call must wait.
 *
 * @param nanos delay from now in nanoseconds, at least 0
 * @param by the limit that causes the delay; meaningless if {@code nanos} is 0
 */
public record ReservationDelay(long nanos, LimitKind by) {
  static final ReservationDelay NONE = new ReservationDelay(0, LimitKind.REQUESTS);
}
