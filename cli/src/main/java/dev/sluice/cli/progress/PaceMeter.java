package dev.sluice.cli.progress;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;

/** Measures the pace over the last thirty seconds. */
public final class PaceMeter {
  private static final Duration WINDOW = Duration.ofSeconds(30);
  private static final Duration TOO_SHORT = Duration.ofSeconds(1);

  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  private record Sample(Instant at, long finished) {}

  /** Takes a sample and tells the pace up to it. */
  public Pace sample(Instant now, long finished) {
    samples.addLast(new Sample(now, finished));
    while (samples.size() > 2 && oldestIsBefore(now.minus(WINDOW))) {
      samples.removeFirst();
    }
    Sample oldest = samples.getFirst();
    Duration span = Duration.between(oldest.at(), now);
    return span.compareTo(TOO_SHORT) < 0
        ? Pace.UNKNOWN
        : Pace.of(Math.max(0, finished - oldest.finished()), span);
  }

  private boolean oldestIsBefore(Instant start) {
    return samples.getFirst().at().isBefore(start);
  }
}
