package dev.sluice.producer.deadletter;

import dev.sluice.api.task.TaskCall;
import dev.sluice.common.wire.AttemptHistory;
import java.util.List;

/** Maps the history of a task to the calls of the API. */
public final class TaskCalls {
  private TaskCalls() {}

  /** The calls of a run, the oldest first. */
  public static List<TaskCall> of(AttemptHistory history) {
    return history.attempts().stream()
        .map(
            attempt ->
                new TaskCall(
                    attempt.at(),
                    attempt.worker(),
                    attempt.status(),
                    attempt.code(),
                    attempt.retryAfterMillis()))
        .toList();
  }
}
