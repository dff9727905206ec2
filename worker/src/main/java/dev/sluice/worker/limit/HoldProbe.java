package dev.sluice.worker.limit;

import org.jspecify.annotations.Nullable;

/**
 * A call that is a probe.
 *
 * @param source the source whose hold it probes; null for the route's
 * @param generation of the hold when the probe was sent
 * @param isEarly whether it need not wait for the end of the hold
 */
record HoldProbe(@Nullable String source, int generation, boolean isEarly) {
  boolean isOfRoute() {
    return source == null;
  }
}
