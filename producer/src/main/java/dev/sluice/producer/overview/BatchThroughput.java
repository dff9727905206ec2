package dev.sluice.producer.overview;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.BatchId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How fast batches go, by what was seen of them in the last minute. */
final class BatchThroughput {
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final Duration ENOUGH = Duration.ofSeconds(4);

  private final Map<BatchId, Deque<Sample>> looks = new HashMap<>();

  private record Sample(Instant at, long ended) {}

  /** Tasks a minute; null before enough was seen, and for a batch that has ended. */
  @Nullable Long perMinute(Batch batch, Instant now) {
    long ended = batch.counts().total() - batch.counts().unfinished();
    if (batch.counts().total() == 0 || batch.counts().unfinished() == 0) {
      looks.remove(batch.id());
      return null;
    }
    Deque<Sample> of = looks.computeIfAbsent(batch.id(), id -> new ArrayDeque<>());
    of.addLast(new Sample(now, ended));
    while (Duration.between(of.getFirst().at(), now).compareTo(WINDOW) > 0) {
      of.removeFirst();
    }
    Duration seen = Duration.between(of.getFirst().at(), now);
    return seen.compareTo(ENOUGH) < 0
        ? null
        : (Long) Math.round((ended - of.getFirst().ended()) * 60_000.0 / seen.toMillis());
  }

  /** Those that nobody has looked at lately are forgotten. */
  void forget(Instant now) {
    looks.values().removeIf(of -> Duration.between(of.getLast().at(), now).compareTo(WINDOW) > 0);
  }
}
