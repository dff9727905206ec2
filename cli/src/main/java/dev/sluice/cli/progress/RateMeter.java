package dev.sluice.cli.progress;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Measures the pace over the last thirty seconds; there is none once nothing ends any more. */
public final class RateMeter {
  private static final Duration WINDOW = Duration.ofSeconds(30);
  private static final Duration TOO_SHORT = Duration.ofSeconds(1);
  private static final Duration TOO_LONG = Duration.ofSeconds(15);

  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  /** The first sample that saw as much finished as the latest. */
  private @Nullable Sample lastChange;

  private record Sample(Instant at, long finished) {}

  /** Takes a sample and tells the pace up to it. */
  public Rate sample(Instant now, long finished) {
    samples.addLast(new Sample(now, finished));
    while (samples.size() > 2 && oldestIsBefore(now.minus(WINDOW))) {
      samples.removeFirst();
    }
    if (lastChange == null || finished != lastChange.finished()) {
      lastChange = samples.getLast();
    }
    Duration idle = Duration.between(lastChange.at(), now);
    if (idle.compareTo(TOO_LONG) >= 0) {
      return Rate.idle(idle);
    }
    Sample oldest = samples.getFirst();
    Duration span = Duration.between(oldest.at(), now);
    return span.compareTo(TOO_SHORT) < 0
        ? Rate.UNKNOWN
        : Rate.of(Math.max(0, finished - oldest.finished()), span);
  }

  private boolean oldestIsBefore(Instant start) {
    return samples.getFirst().at().isBefore(start);
  }
}
