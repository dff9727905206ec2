package dev.sluice.producer.store;

import dev.sluice.api.batch.InputError;
import dev.sluice.api.batch.StopReason;
import dev.sluice.producer.access.Project;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A batch as stored in PostgreSQL.
 *
 * @param errors why its validation failed; empty for any other status
 * @param model the model of all its lines; null if they differ or are not validated yet
 * @param budget its maximum cost in US dollars; null for no limit
 * @param pausedBy null unless it is paused
 * @param stopReason why its stop condition has paused it; kept after it is resumed; null if it has
 *     not
 */
public record Batch(
    BatchId id,
    Project project,
    BatchDefinition definition,
    BatchStatus status,
    List<InputError> errors,
    ResultFiles files,
    Times times,
    @Nullable String model,
    @Nullable BigDecimal budget,
    @Nullable PauseReason pausedBy,
    @Nullable StopReason stopReason,
    Counts counts) {

  /** {@code metadata.name}; null if absent. */
  public @Nullable String name() {
    Map<String, String> metadata = definition.metadata();
    return metadata == null ? null : metadata.get("name");
  }

  /** The ids of its result files; null for a file that it does not have. */
  public record ResultFiles(@Nullable String output, @Nullable String error) {}

  /** The times of its status changes, UTC; null for a status that it has not reached. */
  public record Times(
      Instant created,
      Instant expires,
      @Nullable Instant inProgress,
      @Nullable Instant finalizing,
      @Nullable Instant completed,
      @Nullable Instant failed,
      @Nullable Instant expired,
      @Nullable Instant cancelling,
      @Nullable Instant cancelled,
      @Nullable Instant paused) {}

  /**
   * The number of its tasks by outcome, and their usage.
   *
   * @param cutOff completed tasks whose answer is cut off
   * @param reAsks times that the model was asked again because an answer did not fit
   * @param attempts attempts of the finished tasks
   * @param throttles rate limit errors of the finished tasks
   * @param reused completed tasks that were answered with a stored result
   */
  public record Counts(
      long total,
      long completed,
      long failed,
      long expired,
      long cancelled,
      long cutOff,
      long reAsks,
      long attempts,
      long throttles,
      long promptTokens,
      long completionTokens,
      long reused) {

    /** The number of tasks that have not finished. */
    public long unfinished() {
      return total - finished();
    }

    /** The number of tasks that have finished. */
    public long finished() {
      return completed + failed + expired + cancelled;
    }
  }
}
