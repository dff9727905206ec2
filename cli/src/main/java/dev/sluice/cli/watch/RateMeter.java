package dev.sluice.cli.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Measures the rate over the last 30 s; reports idle time after 15 s without a finished task. */
public final class RateMeter {
  private static final Duration WINDOW = Duration.ofSeconds(30);
  private static final Duration MIN_SPAN = Duration.ofSeconds(1);
  private static final Duration MAX_IDLE = Duration.ofSeconds(15);

  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  /** The first sample with the latest number of finished tasks. */
  private @Nullable Sample lastChange;

  private record Sample(Instant at, long finished) {}

  /** Adds a sample and returns the current rate. */
  public Rate sample(Instant now, long finished) {
    samples.addLast(new Sample(now, finished));
    while (samples.size() > 2 && oldestIsBefore(now.minus(WINDOW))) {
      samples.removeFirst();
    }
    if (lastChange == null || finished != lastChange.finished()) {
      lastChange = samples.getLast();
    }
    Duration idle = Duration.between(lastChange.at(), now);
    if (idle.compareTo(MAX_IDLE) >= 0) {
      return Rate.idle(idle);
    }
    Sample oldest = samples.getFirst();
    Duration span = Duration.between(oldest.at(), now);
    return span.compareTo(MIN_SPAN) < 0
        ? Rate.UNKNOWN
        : Rate.of(Math.max(0, finished - oldest.finished()), span);
  }

  private boolean oldestIsBefore(Instant start) {
    return samples.getFirst().at().isBefore(start);
  }
}
