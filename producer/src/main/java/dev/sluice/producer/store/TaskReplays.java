package dev.sluice.producer.store;

import dev.sluice.common.wire.Payload;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.sql.Types;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Changes failed tasks: queues them again as their next run, or accepts their answer. */
@Repository
public class TaskReplays {
  private final JdbcClient jdbc;
  private final BatchRouteCounters batchRouteCounters;
  private final BlockedDependents dependents;

  TaskReplays(
      JdbcClient jdbc, BatchRouteCounters batchRouteCounters, BlockedDependents dependents) {
    this.jdbc = jdbc;
    this.batchRouteCounters = batchRouteCounters;
    this.dependents = dependents;
  }

  /** The state of a task. */
  public record CurrentTask(String state, int run, String route, String model) {
    /** Whether the outcome of this run is not stored yet. */
    public boolean isUnfinishedIn(int other) {
      return run == other
          && (state.equals(TaskState.SUBMITTED.wireName())
              || state.equals(TaskState.QUEUED.wireName()));
    }
  }

  /** Locks a task. */
  public Optional<CurrentTask> lock(UUID task) {
    return jdbc.sql("select state, run, route, model from tasks where id = :task for no key update")
        .param("task", task)
        .query(SqlValues.rows(CurrentTask.class))
        .optional();
  }

  /**
   * The next run of a failed task.
   *
   * @param deadline null for that of its batch
   * @param tokens the estimate for prompt and reply
   */
  public record NextRun(
      UUID task,
      int run,
      @Nullable Instant deadline,
      String route,
      String model,
      Payload body,
      long tokens) {}

  /** Queues a failed task, which the caller's transaction has locked, and counts it. */
  public void queue(LockedBatches locked, BatchId batch, NextRun next) {
    Instant deadline = next.deadline();
    jdbc.sql(
            """
            update tasks set state = %s, run = :run, deadline = :deadline, route = :route,
              model = :model, body = :body, tokens = :tokens, attempts = 0, throttles = 0,
              status_code = null, request_id = null, reply = null, failure_code = null,
              failure_detail = null, prompt_tokens = 0, completion_tokens = 0, latency_ms = null,
              worker = null, history = null, finished_at = null, asks = null
            where id = :task"""
                .formatted(Transitions.REPLAY.to(TaskState.QUEUED)))
        .param("run", next.run())
        .param(
            "deadline",
            deadline == null ? null : SqlValues.at(deadline),
            Types.TIMESTAMP_WITH_TIMEZONE)
        .param("route", next.route())
        .param("model", next.model())
        .param("body", next.body().bytes())
        .param("tokens", next.tokens())
        .param("task", next.task())
        .update();
    countNotFailed(locked, batch, "");
    batchRouteCounters.addReplay(batch, next.route());
    dependents.block(locked, batch, next.task());
  }

  /**
   * Completes a failed task with an answer, and counts it; false if it is deleted or has left the
   * failed run. The caller resolves the tasks that wait for it.
   */
  public boolean accept(
      LockedBatches locked, BatchId batch, UUID task, int failedRun, Payload reply) {
    boolean accepted =
        jdbc.sql(
                    """
                update tasks set state = %s, reply = :reply, failure_code = null,
                  failure_detail = null, accepted = true,
                  finished_at = finished_at -- gives the result the next number
                where id = :task and run = :run and %s"""
                        .formatted(
                            Transitions.ACCEPT.to(TaskState.COMPLETED),
                            Transitions.ACCEPT.from("state")))
                .param("reply", reply.bytes())
                .param("task", task)
                .param("run", failedRun)
                .update()
            == 1;
    if (accepted) {
      countNotFailed(locked, batch, "completed = completed + 1,");
      dependents.block(locked, batch, task);
    }
    return accepted;
  }

  private void countNotFailed(LockedBatches locked, BatchId batch, String addition) {
    jdbc.sql(
            "update batches set failed = failed - 1, %s %s where id = :id"
                .formatted(addition, ResultRevisions.RESULTS_CHANGED))
        .param("id", locked.require(batch.uuid()))
        .update();
  }

  /** The route and the current run of a replayed task. */
  public record Replay(String route, int run) {}

  /**
   * The unfinished replay of a failed run. The recovery of a lost task increments the run of its
   * replay. A later dead letter of the task means that the replay has finished, and that another
   * one runs.
   */
  public Optional<Replay> unfinished(UUID task, String taskId, int failedRun) {
    return jdbc.sql(
            """
            select route, run from tasks t
            where id = :task and run > :failedRun and state in ('queued', 'submitted')
              and not exists (
                select from dead_letters d where d.task_id = :taskId and d.run > :failedRun)""")
        .param("task", task)
        .param("taskId", taskId)
        .param("failedRun", failedRun)
        .query(SqlValues.rows(Replay.class))
        .optional();
  }
}
