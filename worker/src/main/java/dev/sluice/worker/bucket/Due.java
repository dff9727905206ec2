package dev.sluice.worker.bucket;

import dev.sluice.worker.pace.Dimension;

/**
 * When a call that was charged may go.
 *
 * @param nanos from now on; 0 for at once
 * @param by the limit that has it wait
 */
public record Due(long nanos, Dimension by) {
  static final Due NOW = new Due(0, Dimension.REQUESTS);
}
