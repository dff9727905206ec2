package dev.sluice.cli.watch;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.api.batch.DocumentCounts;
import org.jspecify.annotations.Nullable;

/**
 * Progress of a batch.
 *
 * @param status OpenAI's status of the batch
 * @param total number of tasks; 0 during validation
 * @param completed tasks with a result
 * @param failed tasks that finished without a result
 * @param cutOff tasks with a result that is cut off at its token limit
 * @param throttles responses with status 429
 * @param documents documents and parts; null if no document was split
 */
public record Progress(
    String status,
    long total,
    long completed,
    long failed,
    long cutOff,
    long throttles,
    @Nullable DocumentCounts documents) {

  public static Progress of(BatchProgress batch) {
    return new Progress(
        batch.status(),
        batch.total(),
        batch.completed(),
        batch.unsuccessful(),
        batch.cutOff(),
        batch.throttles(),
        batch.documents());
  }

  /** Tasks that finished, with or without a result. */
  public long finished() {
    return completed + failed;
  }

  /** Unfinished tasks. */
  public long unfinished() {
    return Math.max(0, total - finished());
  }
}
