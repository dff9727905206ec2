package dev.sluice.producer.batch;

import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.InputError;
import dev.sluice.producer.store.PauseReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenAI's batch object: all keys are always present, and times are Unix time in seconds. */
record BatchView(
    String id,
    String object,
    String endpoint,
    @Nullable String model,
    @Nullable Errors errors,
    String inputFileId,
    String completionWindow,
    String status,
    @Nullable String outputFileId,
    @Nullable String errorFileId,
    long createdAt,
    @Nullable Long inProgressAt,
    @Nullable Long expiresAt,
    @Nullable Long finalizingAt,
    @Nullable Long completedAt,
    @Nullable Long failedAt,
    @Nullable Long expiredAt,
    @Nullable Long cancellingAt,
    @Nullable Long cancelledAt,
    RequestCounts requestCounts,
    Usage usage,
    @Nullable Map<String, String> metadata,
    Extension sluice) {

  record Errors(String object, List<InputError> data) {}

  record RequestCounts(long total, long completed, long failed) {}

  record Usage(
      long inputTokens,
      InputDetails inputTokensDetails,
      long outputTokens,
      OutputDetails outputTokensDetails,
      long totalTokens) {}

  /**
   * What OpenAI's object does not have.
   *
   * @param cutOff completed tasks whose answer is cut off at its token limit
   * @param reAsks times that the model was asked again because an answer did not fit
   * @param pausedBy as in {@link BatchProgress}
   * @param reused completed tasks that were answered with a stored result
   */
  record Extension(long cutOff, long reAsks, @Nullable String pausedBy, long reused) {}

  record InputDetails(long cachedTokens) {}

  record OutputDetails(long reasoningTokens) {}

  static BatchView of(Batch batch) {
    Batch.Times times = batch.times();
    Batch.Counts counts = batch.counts();
    PauseReason cause = batch.pausedBy();
    return new BatchView(
        batch.id().toString(),
        "batch",
        batch.definition().endpoint(),
        batch.model(),
        batch.errors().isEmpty() ? null : new Errors("list", batch.errors()),
        batch.definition().inputFileId(),
        batch.definition().completionWindow(),
        batch.status().wireName(),
        batch.files().output(),
        batch.files().error(),
        times.created().getEpochSecond(),
        seconds(times.inProgress()),
        seconds(times.expires()),
        seconds(times.finalizing()),
        seconds(times.completed()),
        seconds(times.failed()),
        seconds(times.expired()),
        seconds(times.cancelling()),
        seconds(times.cancelled()),
        new RequestCounts(counts.total(), counts.completed(), counts.failed()),
        new Usage(
            counts.promptTokens(),
            new InputDetails(0),
            counts.completionTokens(),
            new OutputDetails(0),
            counts.promptTokens() + counts.completionTokens()),
        batch.definition().metadata(),
        new Extension(
            counts.cutOff(),
            counts.reAsks(),
            cause == null ? null : cause.wireName(),
            counts.reused()));
  }

  static @Nullable Long seconds(@Nullable Instant time) {
    return time == null ? null : time.getEpochSecond();
  }
}
