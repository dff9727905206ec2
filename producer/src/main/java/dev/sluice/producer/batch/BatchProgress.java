package dev.sluice.producer.batch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a batch is.
 *
 * @param name {@code metadata.name}
 * @param pausedAt since when it takes no turn; null for one that runs
 * @param pausedBy {@code manual}, {@code budget} or {@code project_budget}; null for one that runs
 * @param priority its weight against others, 1-100
 * @param queued tasks in PostgreSQL that are not in the broker yet
 * @param inBroker tasks that wait in the broker or are with a worker
 * @param throttles rate limits that the ended tasks met
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
    int priority,
    long total,
    long completed,
    long failed,
    long expired,
    long cancelled,
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
    // The two were read one after the other: what ended in between is in neither.
    long inBroker = Math.min(submitted, counts.unfinished());
    return new BatchProgress(
        batch.id().toString(),
        batch.status().wireName(),
        batch.name(),
        batch.endpoint(),
        batch.times().created().getEpochSecond(),
        BatchView.seconds(batch.times().inProgress()),
        BatchView.seconds(batch.times().completed()),
        BatchView.seconds(batch.times().paused()),
        batch.pausedBy(),
        batch.priority(),
        counts.total(),
        counts.completed(),
        counts.failed(),
        counts.expired(),
        counts.cancelled(),
        counts.unfinished() - inBroker,
        inBroker,
        counts.throttles(),
        counts.attempts(),
        counts.promptTokens(),
        counts.completionTokens(),
        batch.outputFileId(),
        batch.errorFileId(),
        batch.errors());
  }
}
