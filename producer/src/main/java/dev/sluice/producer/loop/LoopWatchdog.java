package dev.sluice.producer.loop;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Knows which background loops make no progress. */
@Component
public class LoopWatchdog implements MeterBinder {
  /** Statements end after 5 s, confirms after 15 s: no sound round is silent for longer. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  private final ObjectProvider<Watched> watched;

  LoopWatchdog(ObjectProvider<Watched> watched) {
    this.watched = watched; // looked up later: some of them need the status, which needs this
  }

  /**
   * A loop that has not finished a round for too long.
   *
   * @param movesTasks whether batches stand still with it
   * @param unreachable whether the cause is that the broker or the database cannot be reached
   */
  public record Stalled(
      String loop, Duration withoutProgress, boolean movesTasks, boolean unreachable) {}

  /** The loops that have made no progress for more than 30 s. */
  public List<Stalled> stalled() {
    return watches().stream()
        .map(
            watch ->
                new Stalled(
                    watch.name(),
                    watch.withoutProgress(),
                    watch.movesTasks(),
                    watch.isUnreachable()))
        .filter(loop -> loop.withoutProgress().compareTo(LIMIT) > 0)
        .toList();
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (LoopWatch watch : watches()) {
      Gauge.builder(
              "sluice.loop.without.progress",
              watch,
              loop -> loop.withoutProgress().toMillis() / 1e3)
          .description("How long the round of a background loop has made no progress")
          .baseUnit("seconds")
          .tag("loop", watch.name())
          .register(registry);
      FunctionCounter.builder("sluice.loop.failures", watch, LoopWatch::failures)
          .description("Rounds of a background loop that failed and were tried again")
          .tag("loop", watch.name())
          .register(registry);
    }
  }

  private List<LoopWatch> watches() {
    return watched.stream().flatMap(one -> one.watches().stream()).toList();
  }
}
