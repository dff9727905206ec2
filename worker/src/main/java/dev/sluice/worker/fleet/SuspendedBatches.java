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
 * The suspended batches of each route, from the producers' latest messages.
 *
 * <p>An entry expires after the validity of its message, at most one minute. A worker that receives
 * no fresh message calls the tasks.
 */
public final class SuspendedBatches {
  private static final Duration MAX_VALIDITY = Duration.ofMinutes(1);

  private record Entry(Map<String, Suspension> batches, Instant validUntil) {}

  private final Map<String, Entry> routes = new ConcurrentHashMap<>();
  private final Clock clock;

  public SuspendedBatches(Clock clock) {
    this.clock = clock;
  }

  /** Replaces the suspended batches of the message's route. */
  public void onSuspension(SuspensionMessage message) {
    Map<String, Suspension> batches = new HashMap<>();
    message.paused().forEach(batch -> batches.put(batch, Suspension.PAUSED));
    message.cancelled().forEach(batch -> batches.put(batch, Suspension.CANCELLED));
    long millis = Math.clamp(message.validForMillis(), 0, MAX_VALIDITY.toMillis());
    routes.put(message.route(), new Entry(Map.copyOf(batches), clock.instant().plusMillis(millis)));
  }

  /** Returns the suspension of a task's batch; {@code NONE} for a task without a batch. */
  public Suspension of(TaskIds task) {
    String batch = task.batchId();
    Entry entry = routes.get(task.route());
    if (batch == null || entry == null || !clock.instant().isBefore(entry.validUntil())) {
      return Suspension.NONE;
    }
    return entry.batches().getOrDefault(batch, Suspension.NONE);
  }
}
