package dev.sluice.common.fleet;

import java.util.List;
import java.util.Objects;

/**
 * Tells the workers to finish tasks as cancelled, without a call, because an operator has cancelled
 * their replay.
 *
 * @param validForMillis validity in milliseconds; a task that a worker receives later is called
 * @param tasks the cancelled runs
 */
public record TaskCancellationMessage(long validForMillis, List<CancelledRun> tasks) {

  public TaskCancellationMessage {
    tasks = tasks == null ? List.of() : List.copyOf(tasks);
  }

  /** A run of a task; earlier runs are cancelled too, later ones are not. */
  public record CancelledRun(String task, int run) {
    public CancelledRun {
      Objects.requireNonNull(task, "task");
    }
  }
}
