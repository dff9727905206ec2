package dev.sluice.producer.batch;

import dev.sluice.api.batch.InputError;
import dev.sluice.api.batch.StopReason;
import dev.sluice.producer.access.Project;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A batch as stored in PostgreSQL.
 *
 * @param completionWindow as requested, such as {@code 24h}
 * @param metadata null if the request has none
 * @param errors why its validation failed; empty for any other status
 * @param priority its weight in fair queueing, 1-100
 * @param model the model of all its lines; null if they differ or are not validated yet
 * @param outputLifetime how long its result files are kept; null for no limit
 * @param budget its maximum cost in US dollars; null for no limit
 * @param pausedBy null unless it is paused
 * @param cutOff what becomes of cut-off answers
 * @param stopAfter the failures that pause it; null for no condition
 * @param stopReason why that condition has paused it; kept after it is resumed; null if it has not
 * @param reuse how long ago a stored result may have ended that answers an identical request; null
 *     if each request is called
 */
public record Batch(
    BatchId id,
    Project project,
    String endpoint,
    String inputFileId,
    String completionWindow,
    @Nullable Map<String, String> metadata,
    BatchStatus status,
    List<InputError> errors,
    @Nullable String outputFileId,
    @Nullable String errorFileId,
    Times times,
    int priority,
    @Nullable String model,
    @Nullable Duration outputLifetime,
    @Nullable BigDecimal budget,
    @Nullable PauseReason pausedBy,
    CutOffPolicy cutOff,
    @Nullable StopCondition stopAfter,
    @Nullable StopReason stopReason,
    @Nullable Duration reuse,
    Counts counts) {

  /** {@code metadata.name}; null if absent. */
  public @Nullable String name() {
    return metadata == null ? null : metadata.get("name");
  }

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
   * @param attempts provider calls of the ended tasks
   * @param throttles rate limit errors of the ended tasks
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

    /** The number of tasks that have not ended. */
    public long unfinished() {
      return total - ended();
    }

    /** The number of tasks that have ended. */
    public long ended() {
      return completed + failed + expired + cancelled;
    }
  }
}
