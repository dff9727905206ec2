package dev.sluice.common.wire;

import org.jspecify.annotations.Nullable;

/**
 * Identity of a task, the same in all its messages from the first publish to the outcome.
 *
 * @param taskId AMQP {@code message_id}; a UUIDv7 if the producer created the task
 * @param batchId AMQP {@code correlation_id}; null for a task without a batch
 * @param endpoint AMQP {@code type}: the provider's path, such as {@code /v1/chat/completions}
 * @param route name of the route
 * @param lane lane of the route
 * @param customId id set by the client; the task id by default
 * @param traceparent W3C trace context; null if the task is not traced
 * @param run number of the run, from 1; each replay of a finished task starts the next run, and so
 *     does each recovery of a lost one
 * @param recoveries how many of these runs were started because the task was lost
 */
public record TaskIds(
    String taskId,
    @Nullable String batchId,
    String endpoint,
    String route,
    Lane lane,
    String customId,
    @Nullable String traceparent,
    int run,
    int recoveries) {

  public TaskIds {
    if (taskId.isBlank()) {
      throw new IllegalArgumentException("message_id is empty: set the task's id");
    }
    if (run < 1) {
      throw new IllegalArgumentException("run " + run + " is below 1");
    }
    if (recoveries < 0) {
      throw new IllegalArgumentException("recoveries " + recoveries + " is below 0");
    }
    if (!endpoint.startsWith("/")) {
      throw new IllegalArgumentException(
          "type '" + endpoint + "' is not a path such as /v1/chat/completions");
    }
  }

  /** The ids of the task's next run, for a replay. */
  public TaskIds nextRun() {
    return new TaskIds(
        taskId,
        batchId,
        endpoint,
        route,
        lane,
        customId,
        traceparent,
        Math.addExact(run, 1),
        recoveries);
  }

  /** Whether the task has finished before, and was replayed. */
  public boolean isReplay() {
    return run - 1 > recoveries;
  }

  /** A copy with another trace context. */
  public TaskIds withTraceparent(String newTraceparent) {
    return new TaskIds(
        taskId, batchId, endpoint, route, lane, customId, newTraceparent, run, recoveries);
  }

  /** The ids of a task that was never lost. */
  public TaskIds(
      String taskId,
      @Nullable String batchId,
      String endpoint,
      String route,
      Lane lane,
      String customId,
      @Nullable String traceparent,
      int run) {
    this(taskId, batchId, endpoint, route, lane, customId, traceparent, run, 0);
  }

  /** The ids of a task's first run. */
  public TaskIds(
      String taskId,
      @Nullable String batchId,
      String endpoint,
      String route,
      Lane lane,
      String customId,
      @Nullable String traceparent) {
    this(taskId, batchId, endpoint, route, lane, customId, traceparent, 1);
  }
}
