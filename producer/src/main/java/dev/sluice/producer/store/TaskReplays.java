package dev.sluice.producer.store;

import dev.sluice.common.wire.Payload;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Changes failed tasks: queues them again as their next run, or accepts their answer. A task whose
 * answer could not be made again has failed, too, but is completed: it keeps its answer.
 */
@Repository
public class TaskReplays {
  private static final String NO_ANSWER =
      """
      status_code = null, request_id = null, reply = null, prompt_tokens = 0,
        completion_tokens = 0, finished_at = null, asks = null,""";

  private final JdbcClient jdbc;
  private final BatchRouteCounters batchRouteCounters;
  private final BlockedDependents dependents;

  TaskReplays(
      JdbcClient jdbc, BatchRouteCounters batchRouteCounters, BlockedDependents dependents) {
    this.jdbc = jdbc;
    this.batchRouteCounters = batchRouteCounters;
    this.dependents = dependents;
  }

  /**
   * The state of a task.
   *
   * @param failed whether its last run has failed
   * @param answered whether it has an answer
   */
  public record CurrentTask(
      String state, int run, String route, String model, boolean failed, boolean answered) {
    /** The name of the state in the API. */
    public String apiState() {
      return TaskState.ofColumn(state).apiName();
    }

    /** Whether the outcome of this run is not stored yet. */
    public boolean isUnfinishedIn(int other) {
      return run == other
          && (state.equals(TaskState.SUBMITTED.wireName())
              || state.equals(TaskState.QUEUED.wireName()));
    }
  }

  /** Locks a task. */
  public Optional<CurrentTask> lock(UUID task) {
    return jdbc.sql(
            """
            select state, run, route, model, reply is not null as answered,
              (state = 'failed' or state = 'completed' and failure_code is not null) as failed
            from tasks where id = :task for no key update""")
        .param("task", task)
        .query(SqlValues.rows(CurrentTask.class))
        .optional();
  }

  /**
   * The next run of a failed task.
   *
   * @param deadline null for that of its batch
   * @param tokens the estimate for prompt and reply
   * @param answered whether the task has an answer, which it keeps until the next one
   */
  public record NextRun(
      UUID task,
      int run,
      @Nullable Instant deadline,
      String route,
      String model,
      Payload body,
      long tokens,
      boolean answered) {}

  /** Queues a failed task, which the caller's transaction has locked, and counts it. */
  public void queue(LockedBatches locked, BatchId batch, NextRun next) {
    uncount(locked, batch, next.task());
    Instant deadline = next.deadline();
    jdbc.sql(
            """
            update tasks set state = %s, run = :run, deadline = :deadline, route = :route,
              model = :model, body = :body, tokens = :tokens, attempts = 0, throttles = 0, %s
              failure_code = null, failure_detail = null, latency_ms = null, worker = null,
              history = null
            where id = :task"""
                .formatted(
                    Transitions.REPLAY.to(TaskState.QUEUED), next.answered() ? "" : NO_ANSWER))
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
    batchRouteCounters.addReplay(batch, next.route());
    dependents.block(locked, batch, next.task());
  }

  /**
   * Completes a failed task with an answer, and counts it; false if it is deleted or has left the
   * failed run. The caller resolves the tasks that wait for it.
   */
  public boolean accept(
      LockedBatches locked, BatchId batch, UUID task, int failedRun, Payload reply) {
    if (lock(task).filter(current -> current.failed() && current.run() == failedRun).isEmpty()) {
      return false;
    }
    uncount(locked, batch, task);
    jdbc.sql(
            """
            update tasks set state = %s, reply = :reply, cut_off = false, failure_code = null,
              failure_detail = null, accepted = true,
              finished_at = finished_at -- gives the result the next number
            where id = :task and %s"""
                .formatted(
                    Transitions.ACCEPT.to(TaskState.COMPLETED), Transitions.ACCEPT.from("state")))
        .param("reply", reply.bytes())
        .param("task", task)
        .update();
    PartialAnswers.adoptMissing(jdbc, List.of(task));
    jdbc.sql("update batches set completed = completed + 1 where id = :id")
        .param("id", locked.require(batch.uuid()))
        .update();
    dependents.block(locked, batch, task);
    return true;
  }

  /** Removes a task, which has failed or keeps an answer, from the counts of its batch. */
  private void uncount(LockedBatches locked, BatchId batch, UUID task) {
    jdbc.sql(
            """
            update batches b set
              failed = failed - case when t.reply is null then 1 else 0 end,
              completed = completed - case when t.reply is null then 0 else 1 end,
              cut_off = b.cut_off - case when t.reply is not null and t.cut_off then 1 else 0 end,
              %s
            from tasks t where b.id = :id and t.id = :task"""
                .formatted(ResultRevisions.RESULTS_CHANGED))
        .param("id", locked.require(batch.uuid()))
        .param("task", task)
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
