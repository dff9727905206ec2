package dev.sluice.producer.overview;

import dev.sluice.api.batch.BatchCost;
import dev.sluice.api.batch.BatchProgress;
import dev.sluice.api.route.WaitReason;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The summary of a batch as the API returns it.
 *
 * @param project name of the project
 * @param model the model of all tasks; null if they differ
 * @param expiresAt end of the completion window, Unix seconds, UTC
 * @param perMinute tasks that finished per minute, measured over the last minute; null if unknown
 * @param why what the batch waits for
 * @param budget in US dollars; null for no budget
 * @param failures failed tasks by failure code, the most frequent first
 */
record BatchSummary(
    String project,
    BatchProgress progress,
    @Nullable String model,
    long expiresAt,
    @Nullable Long perMinute,
    WaitReason why,
    @Nullable BigDecimal budget,
    BatchCost cost,
    List<CodeCount> failures) {

  /** The number of tasks that failed with a code. */
  record CodeCount(String code, long tasks) {}
}
