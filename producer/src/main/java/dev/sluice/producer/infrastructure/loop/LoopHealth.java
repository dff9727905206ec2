package dev.sluice.producer.infrastructure.loop;

import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Reports DOWN while a loop that moves tasks makes no progress. An unreachable broker or database
 * does not count, because it affects every producer, and requests fail with that error.
 */
@Component("loops")
class LoopHealth implements HealthIndicator {
  private final LoopWatchdog watchdog;

  LoopHealth(LoopWatchdog watchdog) {
    this.watchdog = watchdog;
  }

  @Override
  public Health health() {
    List<LoopWatchdog.Stalled> stalled =
        watchdog.stalled().stream()
            .filter(loop -> loop.movesTasks() && !loop.unreachable())
            .toList();
    return stalled.isEmpty()
        ? Health.up().build()
        : Health.down()
            .withDetail(
                "seconds_without_progress",
                stalled.stream()
                    .collect(
                        Collectors.toMap(
                            LoopWatchdog.Stalled::loop,
                            loop -> loop.withoutProgress().toSeconds())))
            .build();
  }
}
