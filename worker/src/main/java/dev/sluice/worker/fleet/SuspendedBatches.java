package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.SuspensionMessage;
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
public final class SuspendedBatches {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** What was said of a route. */
  private record Entry(Map<String, Suspension> batches, Instant until) {}

  private final Map<String, Entry> routes = new ConcurrentHashMap<>();
  private final Clock clock;

  public SuspendedBatches(Clock clock) {
    this.clock = clock;
  }

  /** A producer names all of a route's. */
  public void heard(SuspensionMessage notice) {
    Map<String, Suspension> batches = new HashMap<>();
    notice.paused().forEach(batch -> batches.put(batch, Suspension.PAUSED));
    notice.cancelled().forEach(batch -> batches.put(batch, Suspension.CANCELLED));
    long millis = Math.clamp(notice.validForMillis(), 0, LONGEST.toMillis());
    routes.put(notice.route(), new Entry(Map.copyOf(batches), clock.instant().plusMillis(millis)));
  }

  /** Whether a task may be called now. */
  public Suspension of(TaskIds task) {
    String batch = task.batchId();
    Entry entry = routes.get(task.route());
    if (batch == null || entry == null || !clock.instant().isBefore(entry.until())) {
      return Suspension.NONE;
    }
    return entry.batches().getOrDefault(batch, Suspension.NONE);
  }
}
