package dev.sluice.producer.overview;

import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measures the throughput of batches from samples of the last minute. */
final class BatchThroughput {
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final Duration MIN_SAMPLED = Duration.ofSeconds(4);

  private final Map<BatchId, Deque<Sample>> samples = new HashMap<>();

  private record Sample(Instant at, long finished) {}

  /** Returns tasks per minute; null with less than 4 s of samples, and for a finished batch. */
  @Nullable Long perMinute(Batch batch, Instant now) {
    long finished = batch.counts().total() - batch.counts().unfinished();
    if (batch.counts().total() == 0 || batch.counts().unfinished() == 0) {
      samples.remove(batch.id());
      return null;
    }
    Deque<Sample> ofBatch = samples.computeIfAbsent(batch.id(), id -> new ArrayDeque<>());
    ofBatch.addLast(new Sample(now, finished));
    while (Duration.between(ofBatch.getFirst().at(), now).compareTo(WINDOW) > 0) {
      ofBatch.removeFirst();
    }
    Duration sampled = Duration.between(ofBatch.getFirst().at(), now);
    return sampled.compareTo(MIN_SAMPLED) < 0
        ? null
        : (Long)
            Math.round((finished - ofBatch.getFirst().finished()) * 60_000.0 / sampled.toMillis());
  }

  /** Removes batches without a sample in the last minute. */
  void removeIdle(Instant now) {
    samples
        .values()
        .removeIf(ofBatch -> Duration.between(ofBatch.getLast().at(), now).compareTo(WINDOW) > 0);
  }
}
