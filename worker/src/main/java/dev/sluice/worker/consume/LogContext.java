package dev.sluice.worker.consume;

import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskReadResult;
import org.slf4j.MDC;

/**
 * What every line of the log says that is written while a task is worked on. Requests and replies
 * are never a part of it.
 */
final class LogContext {
  private static final String TASK = "task";
  private static final String BATCH = "batch";
  private static final String ROUTE = "route";
  private static final String ATTEMPT = "attempt";

  private LogContext() {}

  /** From now on this thread works on it. */
  static void enter(TaskReadResult reading) {
    switch (reading) {
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

  /** This thread takes the next task. */
  static void leave() {
    MDC.remove(TASK);
    MDC.remove(BATCH);
    MDC.remove(ROUTE);
    MDC.remove(ATTEMPT);
  }
}
