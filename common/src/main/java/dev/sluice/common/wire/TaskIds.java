package dev.sluice.common.wire;

import org.jspecify.annotations.Nullable;

/**
 * What names a task, from the first publish to its outcome: the same on each of its messages.
 *
 * @param taskId AMQP {@code message_id}; a UUIDv7 when the producer made it
 * @param batchId AMQP {@code correlation_id}; null for a task that belongs to no batch
 * @param endpoint AMQP {@code type}: the provider's path, such as {@code /v1/chat/completions}
 * @param route the route that carries it
 * @param lane the queue of the route that it takes
 * @param customId the submitter's own name for it; the task id where none was given
 * @param traceparent the W3C trace context that it belongs to, if any
 * @param run which run of the task it is, from 1: each replay of a task that has ended is another
 */
public record TaskIds(
    String taskId,
    @Nullable String batchId,
    String endpoint,
    String route,
    Lane lane,
    String customId,
    @Nullable String traceparent,
    int run) {

  public TaskIds {
    if (taskId.isBlank()) {
      throw new IllegalArgumentException("message_id is empty: a task needs an id");
    }
    if (run < 1) {
      throw new IllegalArgumentException("run " + run + " is below 1");
    }
    if (!endpoint.startsWith("/")) {
      throw new IllegalArgumentException(
          "type '" + endpoint + "' is not a path such as /v1/chat/completions");
    }
  }

  /** The same task, sent again after it has ended. */
  public TaskIds nextRun() {
    return new TaskIds(
        taskId, batchId, endpoint, route, lane, customId, traceparent, Math.addExact(run, 1));
  }

  /** The same task, as a part of that trace. */
  public TaskIds traced(String parent) {
    return new TaskIds(taskId, batchId, endpoint, route, lane, customId, parent, run);
  }

  /** The names of a task's first run. */
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
