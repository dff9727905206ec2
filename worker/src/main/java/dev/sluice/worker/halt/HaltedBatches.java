package dev.sluice.worker.halt;

import dev.sluice.common.fleet.HaltNotice;
import dev.sluice.common.wire.TaskIds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The batches that are not to be called now, as the producers said last. What they said wears off:
 * a worker that does not hear them calls what the broker gives it.
 */
public final class HaltedBatches {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** What was said of a route. */
  private record Said(Map<String, Halt> batches, Instant until) {}

  private final Map<String, Said> routes = new ConcurrentHashMap<>();
  private final Clock clock;

  public HaltedBatches(Clock clock) {
    this.clock = clock;
  }

  /** A producer names all of a route's. */
  public void heard(HaltNotice notice) {
    Map<String, Halt> batches = new HashMap<>();
    notice.paused().forEach(batch -> batches.put(batch, Halt.PAUSED));
    notice.cancelled().forEach(batch -> batches.put(batch, Halt.CANCELLED));
    long millis = Math.clamp(notice.validForMillis(), 0, LONGEST.toMillis());
    routes.put(notice.route(), new Said(Map.copyOf(batches), clock.instant().plusMillis(millis)));
  }

  /** Whether a task may be called now. */
  public Halt of(TaskIds task) {
    String batch = task.batchId();
    Said said = routes.get(task.route());
    if (batch == null || said == null || !clock.instant().isBefore(said.until())) {
      return Halt.NONE;
    }
    return said.batches().getOrDefault(batch, Halt.NONE);
  }
}
