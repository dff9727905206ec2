package dev.sluice.producer.infrastructure.loop;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Detects background loops that make no progress, and exports their metrics. */
@Component
public class LoopWatchdog implements MeterBinder {
  /**
   * A working round reports earlier: statements end after 5 s, and a wait for confirms ends, or
   * reports progress in an alarm of the broker, after 15 s.
   */
  static final Duration LIMIT = Duration.ofSeconds(30);

  private final ObjectProvider<LoopWatchSource> sources;

  LoopWatchdog(ObjectProvider<LoopWatchSource> sources) {
    this.sources =
        sources; // resolved later: some loops depend on the status, which depends on this
  }

  /**
   * A loop without progress for too long.
   *
   * @param movesTasks whether batches make no progress without this loop
   * @param unreachable whether the cause is an unreachable broker or database
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
          .description("Time for which the round of a background loop has made no progress")
          .baseUnit("seconds")
          .tag("loop", watch.name())
          .register(registry);
      FunctionCounter.builder("sluice.loop.failures", watch, LoopWatch::failures)
          .description("Failures of rounds of a background loop, and of single items in them")
          .tag("loop", watch.name())
          .register(registry);
    }
  }

  private List<LoopWatch> watches() {
    return sources.stream().flatMap(task -> task.watches().stream()).toList();
  }
}
