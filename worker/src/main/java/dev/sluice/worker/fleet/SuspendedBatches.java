package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.fleet.TaskCancellationMessage;
import dev.sluice.common.wire.TaskIds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The suspended batches and limited projects of each route, and cancelled tasks, from the
 * producers' latest messages.
 *
 * <p>An entry expires after the validity of its message, at most one minute. A worker that receives
 * no fresh message calls the tasks. A cancelled task is stored for up to an hour.
 */
public final class SuspendedBatches {
  private static final Duration MAX_VALIDITY = Duration.ofMinutes(1);
  private static final Duration MAX_PROJECT_DELAY = Duration.ofMinutes(1);

  private record Entry(
      Map<String, Suspension> batches, Map<String, ProjectLimit> projects, Instant validUntil) {}

  /**
   * The limit for the tasks of one project on a route.
   *
   * @param maxFraction of the route's concurrency at this worker
   * @param delay of the further ones
   */
  public record ProjectLimit(double maxFraction, Duration delay) {}

  private static final Duration MAX_CANCELLATION = Duration.ofHours(1);
  private static final int MAX_CANCELLED_TASKS = 10_000;

  private record CancelledTask(int run, Instant validUntil) {}

  private final Map<String, Entry> routes = new ConcurrentHashMap<>();
  private final Map<String, CancelledTask> cancelledTasks = new ConcurrentHashMap<>();
  private final Clock clock;

  public SuspendedBatches(Clock clock) {
    this.clock = clock;
  }

  /** Replaces the suspended batches of the message's route. */
  public void onSuspension(SuspensionMessage message) {
    Map<String, Suspension> batches = new HashMap<>();
    message.paused().forEach(batch -> batches.put(batch, Suspension.PAUSED));
    message.cancelled().forEach(batch -> batches.put(batch, Suspension.CANCELLED));
    Map<String, ProjectLimit> projects = new HashMap<>();
    message
        .projectLimits()
        .forEach(
            limit ->
                projects.put(
                    limit.project(),
                    new ProjectLimit(
                        limit.maxFraction(),
                        Duration.ofMillis(
                            Math.clamp(limit.delayMillis(), 0, MAX_PROJECT_DELAY.toMillis())))));
    long millis = Math.clamp(message.validForMillis(), 0, MAX_VALIDITY.toMillis());
    routes.put(
        message.route(),
        new Entry(Map.copyOf(batches), Map.copyOf(projects), clock.instant().plusMillis(millis)));
  }

  /** Adds the cancelled runs; the oldest ones expire. */
  public void onTaskCancellation(TaskCancellationMessage message) {
    Instant now = clock.instant();
    cancelledTasks.values().removeIf(task -> !now.isBefore(task.validUntil()));
    long millis = Math.clamp(message.validForMillis(), 0, MAX_CANCELLATION.toMillis());
    message.tasks().stream()
        .limit(Math.max(0, MAX_CANCELLED_TASKS - cancelledTasks.size()))
        .forEach(
            task ->
                cancelledTasks.put(
                    task.task(), new CancelledTask(task.run(), now.plusMillis(millis))));
  }

  private boolean isCancelled(TaskIds task) {
    CancelledTask cancelled = cancelledTasks.get(task.taskId());
    return cancelled != null
        && task.run() <= cancelled.run()
        && clock.instant().isBefore(cancelled.validUntil());
  }

  /** Returns the suspension of a task or its batch. */
  public Suspension of(TaskIds task) {
    if (isCancelled(task)) {
      return Suspension.CANCELLED;
    }
    String batch = task.batchId();
    return batch == null
        ? Suspension.NONE
        : entry(task.route())
            .map(entry -> entry.batches().getOrDefault(batch, Suspension.NONE))
            .orElse(Suspension.NONE);
  }

  /** Returns the limit for the tasks of the project on the route. */
  public Optional<ProjectLimit> projectLimit(String route, String project) {
    return entry(route).map(entry -> entry.projects().get(project));
  }

  private Optional<Entry> entry(String route) {
    return Optional.ofNullable(routes.get(route))
        .filter(entry -> clock.instant().isBefore(entry.validUntil()));
  }
}
