package dev.sluice.producer.store;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.sql.Types;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds the tasks of outcomes, and finishes them. */
@Repository
public class TaskOutcomes {
  private final JdbcClient jdbc;
  private final JdbcOperations bulk;
  private final Clock clock;

  TaskOutcomes(JdbcClient jdbc, JdbcOperations bulk, Clock clock) {
    this.jdbc = jdbc;
    this.bulk = bulk;
    this.clock = clock;
  }

  /**
   * A task that has not finished.
   *
   * @param queued whether it is not in the broker
   * @param answered whether it has an answer, which is made again
   * @param cutoff whether that answer is cut off
   */
  public record OpenTask(
      UUID id,
      UUID batch,
      String route,
      String model,
      int run,
      boolean queued,
      boolean answered,
      boolean cutoff) {

    /** Whether it keeps its answer with this outcome. */
    public boolean keepsAnswer(OutcomeMessage outcome) {
      return answered && outcome.kind() != OutcomeKind.COMPLETED;
    }

    /**
     * The change of the counters when it finishes. A worker may have received a queued task before.
     */
    public BatchRouteCounters.Change whenEnded() {
      return queued
          ? new BatchRouteCounters.Change(-1, 0, 0)
          : new BatchRouteCounters.Change(0, -1, 0);
    }
  }

  /** The tasks that have not finished; they are not locked. */
  public List<OpenTask> open(Collection<UUID> tasks) {
    return open(tasks, "");
  }

  /** Locks the tasks that have not finished. */
  public List<OpenTask> lockOpen(Collection<UUID> tasks) {
    return open(tasks, "order by id for no key update");
  }

  private List<OpenTask> open(Collection<UUID> tasks, String lock) {
    return jdbc.sql(
            """
            select id, batch_id as batch, route, model, run, state = 'queued' as queued,
              reply is not null as answered, cut_off as cutoff
            from tasks where id in (:ids) and %s %s"""
                .formatted(Transitions.FINISH_TASK.from("state"), lock))
        .param("ids", tasks)
        .query(SqlValues.rows(OpenTask.class))
        .list();
  }

  /** An outcome and its task. */
  public record TaskOutcome(OpenTask task, OutcomeMessage outcome) {}

  /** Finishes locked tasks. An outcome without an answer leaves the answer that a task has. */
  public void end(List<TaskOutcome> outcomes) {
    Map<Boolean, List<TaskOutcome>> kept =
        outcomes.stream()
            .collect(Collectors.partitioningBy(end -> end.task().keepsAnswer(end.outcome())));
    replace(kept.getOrDefault(false, List.of()));
    keep(kept.getOrDefault(true, List.of()));
    List<UUID> madeAgain =
        kept.getOrDefault(false, List.of()).stream()
            .map(TaskOutcome::task)
            .filter(OpenTask::answered)
            .map(OpenTask::id)
            .toList();
    PartialAnswers.adoptMissing(jdbc, madeAgain);
  }

  /** The columns of the last run change, those of the answer do not. */
  private void keep(List<TaskOutcome> outcomes) {
    for (TaskOutcome end : outcomes) {
      CallStats stats = end.outcome().stats();
      Failure failure = end.outcome().failure();
      String kind = end.outcome().kind().wireName();
      jdbc.sql(
              """
              update tasks set state = %s, attempts = :attempts, throttles = :throttles,
                failure_code = :code, failure_detail = :detail, latency_ms = :latency,
                worker = :worker, history = :history
              where id = :id"""
                  .formatted(Transitions.FINISH_TASK.to(TaskState.COMPLETED)))
          .param("attempts", stats.attempts())
          .param("throttles", stats.throttles())
          .param("code", failure == null ? kind : text(failure.code()))
          .param("detail", failure == null ? null : text(failure.detail()), Types.VARCHAR)
          .param("latency", stats.latency().toMillis())
          .param("worker", text(stats.worker()))
          .param("history", history(stats), Types.VARCHAR)
          .param("id", end.task().id())
          .update();
    }
  }

  private void replace(List<TaskOutcome> outcomes) {
    OffsetDateTime now = SqlValues.now(clock);
    bulk.batchUpdate(
        """
        update tasks set state = ?, attempts = ?, throttles = ?, status_code = ?, request_id = ?,
          reply = ?, failure_code = ?, failure_detail = ?, prompt_tokens = ?, completion_tokens = ?,
          cut_off = ?, asks = ?, accepted = false, latency_ms = ?, worker = ?, history = ?, finished_at = ?
        where id = ?""",
        outcomes.stream().map(end -> row(end.task().id(), end.outcome(), now)).toList());
  }

  private static @Nullable Object[] row(UUID task, OutcomeMessage outcome, OffsetDateTime now) {
    CallStats stats = outcome.stats();
    Failure failure = outcome.failure();
    return new @Nullable Object[] {
      Transitions.FINISH_TASK.require(TaskState.of(outcome.kind())).wireName(),
      stats.attempts(),
      stats.throttles(),
      stats.statusCode(),
      text(stats.requestId()),
      outcome.kind() == OutcomeKind.COMPLETED ? outcome.body().bytes() : null,
      failure == null ? null : text(failure.code()),
      failure == null ? null : text(failure.detail()),
      OutcomeCounts.tokens(stats.promptTokens()),
      OutcomeCounts.tokens(stats.completionTokens()),
      outcome.cutOff(),
      outcome.check() == null ? null : outcome.check().answers(),
      stats.latency().toMillis(),
      text(stats.worker()),
      history(stats),
      now,
      task
    };
  }

  private static @Nullable String history(CallStats stats) {
    return stats.history().calls().isEmpty() ? null : text(stats.history().json());
  }

  private static @Nullable String text(@Nullable String value) {
    return value == null ? null : SqlValues.text(value);
  }
}
