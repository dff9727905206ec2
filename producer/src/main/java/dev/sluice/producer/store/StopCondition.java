package dev.sluice.producer.store;

import com.fasterxml.jackson.annotation.JsonAlias;
import org.jspecify.annotations.Nullable;

/**
 * The failures among the first tasks of a batch that pause it, such as {@code {"failed": 50,
 * "of_first": 200}}. One of the two limits is set.
 *
 * @param failed number of failed tasks, from 1 to {@code ofFirst}
 * @param failedRatio failed tasks ÷ finished tasks, above 0 and up to 1
 * @param ofFirst number of finished tasks after which the condition no longer applies
 */
public record StopCondition(
    @Nullable Long failed,
    @JsonAlias("failed_share") @Nullable Double failedRatio, // in rows of earlier versions
    @Nullable Long ofFirst) {
  /** Whether exactly one limit is set, and all values are in range. */
  public boolean hasValidLimits() {
    if (ofFirst == null || ofFirst < 1 || (failed == null) == (failedRatio == null)) {
      return false;
    }
    return failed == null
        ? failedRatio != null && failedRatio > 0 && failedRatio <= 1
        : failed >= 1 && failed <= ofFirst;
  }

  /**
   * Whether the failures pause the batch.
   *
   * @param failedNow failed tasks, including those that have just finished
   * @param finishedBefore tasks that finished before those that have just finished
   * @param total tasks of the batch
   */
  boolean isMet(long failedNow, long finishedBefore, long total) {
    long first = ofFirst == null ? 0 : ofFirst;
    return finishedBefore < first && failedNow >= maxFailed(Math.min(first, total));
  }

  private long maxFailed(long tasks) {
    return failed != null
        ? failed
        : Math.max(1, (long) Math.ceil((failedRatio == null ? 1 : failedRatio) * tasks));
  }
}
