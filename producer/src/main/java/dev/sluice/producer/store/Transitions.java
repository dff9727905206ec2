package dev.sluice.producer.store;

import static dev.sluice.producer.store.TaskState.BLOCKED;
import static dev.sluice.producer.store.TaskState.QUEUED;
import static dev.sluice.producer.store.TaskState.SUBMITTED;

import java.util.List;
import java.util.Set;

/**
 * All transitions of batches and tasks. {@code docs/task-lifecycle.md} has the same tables, and
 * says when each happens.
 */
final class Transitions {
  static final Transition<BatchStatus> START =
      new Transition<>(
          "start",
          Set.of(BatchStatus.VALIDATING),
          Set.of(BatchStatus.IN_PROGRESS, BatchStatus.FINALIZING));
  static final Transition<BatchStatus> FAIL =
      new Transition<>("fail", Set.of(BatchStatus.VALIDATING), Set.of(BatchStatus.FAILED));
  static final Transition<BatchStatus> DROP =
      new Transition<>("drop", Set.of(BatchStatus.VALIDATING), Set.of(BatchStatus.CANCELLED));
  static final Transition<BatchStatus> CANCEL =
      new Transition<>("cancel", Set.of(BatchStatus.IN_PROGRESS), Set.of(BatchStatus.CANCELLING));
  static final Transition<BatchStatus> FINALIZE =
      new Transition<>(
          "finalize",
          Set.of(BatchStatus.IN_PROGRESS, BatchStatus.CANCELLING),
          Set.of(BatchStatus.FINALIZING));
  static final Transition<BatchStatus> FINISH =
      new Transition<>(
          "finish",
          Set.of(BatchStatus.FINALIZING),
          Set.of(BatchStatus.COMPLETED, BatchStatus.EXPIRED, BatchStatus.CANCELLED));

  static final List<Transition<BatchStatus>> OF_BATCHES =
      List.of(START, FAIL, DROP, CANCEL, FINALIZE, FINISH);

  static final Transition<TaskState> REUSE =
      new Transition<>("reuse", Set.of(QUEUED), Set.of(TaskState.COMPLETED));
  static final Transition<TaskState> SUBMIT =
      new Transition<>("submit", Set.of(QUEUED), Set.of(SUBMITTED));
  static final Transition<TaskState> REQUEUE =
      new Transition<>("requeue", Set.of(SUBMITTED), Set.of(QUEUED));
  static final Transition<TaskState> FINISH_TASK =
      new Transition<>(
          "finish",
          Set.of(QUEUED, SUBMITTED),
          Set.of(TaskState.COMPLETED, TaskState.FAILED, TaskState.EXPIRED, TaskState.CANCELLED));
  static final Transition<TaskState> TERMINATE =
      new Transition<>(
          "terminate",
          Set.of(BLOCKED, QUEUED),
          Set.of(TaskState.CANCELLED, TaskState.EXPIRED, TaskState.FAILED, TaskState.COMPLETED));
  static final Transition<TaskState> REPLAY =
      new Transition<>("replay", Set.of(TaskState.FAILED, TaskState.COMPLETED), Set.of(QUEUED));
  static final Transition<TaskState> ACCEPT =
      new Transition<>(
          "accept", Set.of(TaskState.FAILED, TaskState.COMPLETED), Set.of(TaskState.COMPLETED));

  static final Transition<TaskState> UNBLOCK =
      new Transition<>("unblock", Set.of(BLOCKED), Set.of(QUEUED));
  static final Transition<TaskState> REJECT =
      new Transition<>("reject", Set.of(BLOCKED), Set.of(TaskState.FAILED, TaskState.COMPLETED));
  static final Transition<TaskState> BLOCK =
      new Transition<>("block", Set.of(TaskState.FAILED, TaskState.COMPLETED), Set.of(BLOCKED));
  static final Transition<TaskState> REMAKE =
      new Transition<>("remake", Set.of(TaskState.COMPLETED), Set.of(BLOCKED));

  static final List<Transition<TaskState>> OF_TASKS =
      List.of(
          REUSE,
          SUBMIT,
          REQUEUE,
          FINISH_TASK,
          TERMINATE,
          REPLAY,
          ACCEPT,
          UNBLOCK,
          REJECT,
          BLOCK,
          REMAKE);

  private Transitions() {}
}
