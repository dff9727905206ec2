package dev.sluice.producer.batch;

import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.InputError;
import dev.sluice.producer.store.PauseReason;
import dev.sluice.producer.store.StopReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a batch; all times are Unix time in seconds.
 *
 * @param name {@code metadata.name}; null if absent
 * @param pausedAt null unless it is paused
 * @param pausedBy {@code manual}, {@code budget}, {@code project_budget} or {@code stop_after};
 *     null unless it is paused
 * @param stopReason why its stop condition has paused it; kept after it is resumed; null if it has
 *     not
 * @param priority its weight in fair queueing, 1-100
 * @param cutOff completed tasks whose answer is cut off at its token limit
 * @param reused completed tasks that were answered with a stored result
 * @param reAsks times that the model was asked again because an answer did not fit
 * @param queued tasks in PostgreSQL
 * @param inBroker tasks in the broker or at a worker
 * @param throttles rate limit errors of the ended tasks
 * @param attempts provider calls of the ended tasks
 */
public record BatchProgress(
    String id,
    String status,
    @Nullable String name,
    String endpoint,
    long createdAt,
    @Nullable Long inProgressAt,
    @Nullable Long completedAt,
    @Nullable Long pausedAt,
    @Nullable String pausedBy,
    @Nullable StopReason stopReason,
    int priority,
    long total,
    long completed,
    long failed,
    long expired,
    long cancelled,
    long cutOff,
    long reused,
    long reAsks,
    long queued,
    long inBroker,
    long throttles,
    long attempts,
    long promptTokens,
    long completionTokens,
    @Nullable String outputFileId,
    @Nullable String errorFileId,
    List<InputError> errors) {

  public static BatchProgress of(Batch batch, long submitted) {
    Batch.Counts counts = batch.counts();
    // The two queries ran one after the other; a task that ended in between is in neither count.
    long inBroker = Math.min(submitted, counts.unfinished());
    PauseReason cause = batch.pausedBy();
    return new BatchProgress(
        batch.id().toString(),
        batch.status().wireName(),
        batch.name(),
        batch.definition().endpoint(),
        batch.times().created().getEpochSecond(),
        BatchView.seconds(batch.times().inProgress()),
        BatchView.seconds(batch.times().completed()),
        BatchView.seconds(batch.times().paused()),
        cause == null ? null : cause.wireName(),
        batch.stopReason(),
        batch.definition().priority(),
        counts.total(),
        counts.completed(),
        counts.failed(),
        counts.expired(),
        counts.cancelled(),
        counts.cutOff(),
        counts.reused(),
        counts.reAsks(),
        counts.unfinished() - inBroker,
        inBroker,
        counts.throttles(),
        counts.attempts(),
        counts.promptTokens(),
        counts.completionTokens(),
        batch.files().output(),
        batch.files().error(),
        batch.errors());
  }
}
