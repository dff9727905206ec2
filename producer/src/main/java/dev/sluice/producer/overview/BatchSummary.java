package dev.sluice.producer.overview;

import dev.sluice.producer.batch.BatchProgress;
import dev.sluice.producer.cost.PriceList;
import dev.sluice.producer.explain.WaitReason;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch for people.
 *
 * @param project whose it is
 * @param model what all of its tasks ask for; null where they differ
 * @param expiresAt when its completion window ends, in seconds since 1970
 * @param perMinute tasks that ended in the last minute; null before that is known
 * @param why what it waits for
 * @param budget in dollars; null for no bound
 * @param failures by their code, the most frequent first
 */
record BatchSummary(
    String project,
    BatchProgress progress,
    @Nullable String model,
    long expiresAt,
    @Nullable Long perMinute,
    WaitReason why,
    @Nullable BigDecimal budget,
    PriceList.BatchCost cost,
    List<CodeCount> failures) {

  /** How many tasks failed with a code. */
  record CodeCount(String code, long tasks) {}
}
