package dev.sluice.producer.store;

import dev.sluice.producer.web.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * The failures among the first tasks of a batch that pause it, such as {@code {"failed": 50,
 * "of_first": 200}}. One of the two limits is set.
 *
 * @param failed number of failed tasks, from 1 to {@code ofFirst}
 * @param failedShare share of failed tasks, above 0 and up to 1
 * @param ofFirst number of finished tasks after which the condition no longer applies
 */
public record StopCondition(
    @Nullable Long failed, @Nullable Double failedShare, @Nullable Long ofFirst) {
  private static final String PARAMETER = "stop_after";

  /**
   * Returns the condition if it is valid.
   *
   * @throws ApiException if it is not
   */
  public static @Nullable StopCondition checked(@Nullable StopCondition condition) {
    if (condition != null && !condition.isValid()) {
      throw ApiException.badRequest(
          "Invalid value for 'stop_after'. It is {\"failed\": 50, \"of_first\": 200} or {\"failed_share\": 0.3, \"of_first\": 200}: 'of_first' is at least 1, 'failed' is from 1 to 'of_first', and 'failed_share' is above 0 and at most 1.",
          PARAMETER,
          "invalid_value");
    }
    return condition;
  }

  private boolean isValid() {
    if (ofFirst == null || ofFirst < 1 || (failed == null) == (failedShare == null)) {
      return false;
    }
    return failed == null
        ? failedShare != null && failedShare > 0 && failedShare <= 1
        : failed >= 1 && failed <= ofFirst;
  }

  /**
   * Whether the failures pause the batch.
   *
   * @param failedNow failed tasks, including those that have just ended
   * @param endedBefore tasks that ended before those that have just ended
   * @param total tasks of the batch
   */
  boolean isMet(long failedNow, long endedBefore, long total) {
    long first = ofFirst == null ? 0 : ofFirst;
    return endedBefore < first && failedNow >= maxFailed(Math.min(first, total));
  }

  private long maxFailed(long tasks) {
    return failed != null
        ? failed
        : Math.max(1, (long) Math.ceil((failedShare == null ? 1 : failedShare) * tasks));
  }
}
