package dev.sluice.producer.deadletter;

import dev.sluice.api.task.TaskCall;
import dev.sluice.common.wire.CallHistory;
import java.util.List;

/** Maps the history of a task to the calls of the API. */
public final class TaskCalls {
  private TaskCalls() {}

  /** The calls of a run, the oldest first. */
  public static List<TaskCall> of(CallHistory history) {
    return history.calls().stream()
        .map(
            attempt ->
                new TaskCall(
                    attempt.at(),
                    attempt.worker(),
                    attempt.member(),
                    attempt.status(),
                    attempt.code(),
                    attempt.retryAfterMillis()))
        .toList();
  }
}
