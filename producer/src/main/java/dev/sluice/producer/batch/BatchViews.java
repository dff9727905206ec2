package dev.sluice.producer.batch;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.api.batch.BatchView;
import dev.sluice.api.batch.DocumentCounts;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchRouteCounters.NotQueued;
import dev.sluice.producer.store.PauseReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Maps batches to the JSON objects of the API. */
public final class BatchViews {
  private BatchViews() {}

  /**
   * The progress of a batch.
   *
   * @param notQueued its unfinished tasks that are not queued
   * @param documents null if no task is made from others
   */
  public static BatchProgress progress(
      Batch batch, NotQueued notQueued, @Nullable DocumentCounts documents) {
    Batch.Counts counts = batch.counts();
    // The two queries ran one after the other; a task that finished in between is in neither count.
    long inBroker = Math.min(notQueued.submitted(), counts.unfinished());
    long blocked = Math.min(notQueued.blocked(), counts.unfinished() - inBroker);
    return new BatchProgress(
        batch.id().toString(),
        batch.status().wireName(),
        batch.name(),
        batch.definition().endpoint(),
        batch.times().created().getEpochSecond(),
        seconds(batch.times().inProgress()),
        seconds(batch.times().completed()),
        seconds(batch.times().paused()),
        pausedBy(batch),
        batch.stopReason(),
        batch.definition().priority(),
        tier(batch),
        counts.total(),
        counts.completed(),
        counts.failed(),
        counts.expired(),
        counts.cancelled(),
        counts.cutOff(),
        counts.reused(),
        counts.reAsks(),
        blocked,
        counts.unfinished() - inBroker - blocked,
        inBroker,
        counts.throttles(),
        counts.attempts(),
        counts.promptTokens(),
        counts.completionTokens(),
        batch.files().output(),
        batch.files().error(),
        batch.errors(),
        documents);
  }

  /**
   * OpenAI's batch object.
   *
   * @param cachedTokens the prompt tokens that providers read from their prompt caches
   */
  static BatchView view(Batch batch, long cachedTokens) {
    Batch.Times times = batch.times();
    Batch.Counts counts = batch.counts();
    return new BatchView(
        batch.id().toString(),
        "batch",
        batch.definition().endpoint(),
        batch.model(),
        batch.errors().isEmpty() ? null : new BatchView.Errors("list", batch.errors()),
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
        new BatchView.RequestCounts(counts.total(), counts.completed(), counts.failed()),
        new BatchView.Usage(
            counts.promptTokens(),
            new BatchView.InputDetails(cachedTokens),
            counts.completionTokens(),
            new BatchView.OutputDetails(0),
            counts.promptTokens() + counts.completionTokens()),
        batch.definition().metadata(),
        new BatchView.Extension(
            counts.cutOff(), counts.reAsks(), pausedBy(batch), counts.reused(), tier(batch)));
  }

  private static @Nullable String tier(Batch batch) {
    ServiceTier tier = batch.definition().tier();
    return tier == null ? null : tier.wireName();
  }

  private static @Nullable String pausedBy(Batch batch) {
    PauseReason cause = batch.pausedBy();
    return cause == null ? null : cause.wireName();
  }

  private static @Nullable Long seconds(@Nullable Instant time) {
    return time == null ? null : time.getEpochSecond();
  }
}
