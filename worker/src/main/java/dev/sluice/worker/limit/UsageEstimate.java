package dev.sluice.worker.limit;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The estimate of a call's tokens, made when it is first needed: when a token limit is known, at
 * the latest at the call's reservation. Used by one thread at a time.
 */
final class UsageEstimate {
  private final Supplier<EstimatedUsage> estimator;
  private @Nullable EstimatedUsage estimate;

  UsageEstimate(Supplier<EstimatedUsage> estimator) {
    this.estimator = estimator;
  }

  boolean isMade() {
    return estimate != null;
  }

  /** Estimates the tokens, which may take milliseconds: must be called without a lock. */
  void make() {
    if (estimate == null) {
      estimate = estimator.get();
    }
  }

  /** Returns the estimate; {@link EstimatedUsage#NONE} before it is made. */
  EstimatedUsage usage() {
    EstimatedUsage made = estimate;
    return made == null ? EstimatedUsage.NONE : made;
  }
}
