package dev.sluice.cli.progress;

import dev.sluice.cli.client.BatchState;

/**
 * How far a batch is.
 *
 * @param status OpenAI's
 * @param total how many tasks it has; 0 before they are counted
 * @param done tasks with a result
 * @param failed tasks that ended without one
 * @param throttles 429s met and waited out
 */
public record Progress(String status, long total, long done, long failed, long throttles) {

  public static Progress of(BatchState batch) {
    return new Progress(
        batch.status(), batch.total(), batch.completed(), batch.unsuccessful(), batch.throttles());
  }

  /** Tasks that ended, one way or the other. */
  public long finished() {
    return done + failed;
  }

  /** Tasks that have not ended. */
  public long waiting() {
    return Math.max(0, total - finished());
  }
}
