package dev.sluice.worker.consume;

import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskReadResult;
import org.slf4j.MDC;

/**
 * Adds task, batch, route and attempt to the MDC while a thread processes a task. It never contains
 * requests or replies.
 */
final class LogContext {
  private static final String TASK = "task";
  private static final String BATCH = "batch";
  private static final String ROUTE = "route";
  private static final String ATTEMPT = "attempt";

  private LogContext() {}

  /** Sets the MDC of this thread. */
  static void set(TaskReadResult readResult) {
    switch (readResult) {
      case TaskReadResult.Task task -> {
        put(task.message().ids());
        MDC.put(ATTEMPT, Integer.toString(task.message().attempt()));
      }
      case TaskReadResult.Malformed malformed -> put(malformed.ids());
    }
  }

  private static void put(TaskIds ids) {
    MDC.put(TASK, ids.taskId());
    MDC.put(ROUTE, ids.route());
    String batch = ids.batchId();
    if (batch != null) {
      MDC.put(BATCH, batch);
    }
  }

  /** Clears the MDC of this thread. */
  static void clear() {
    MDC.remove(TASK);
    MDC.remove(BATCH);
    MDC.remove(ROUTE);
    MDC.remove(ATTEMPT);
  }
}
