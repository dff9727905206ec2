package dev.sluice.producer.store;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
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
   */
  public record OpenTask(UUID id, UUID batch, String route, String model, int run, boolean queued) {

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
            select id, batch_id as batch, route, model, run, state = 'queued' as queued from tasks
            where id in (:ids) and %s %s"""
                .formatted(Transitions.FINISH_TASK.from("state"), lock))
        .param("ids", tasks)
        .query(SqlValues.rows(OpenTask.class))
        .list();
  }

  /** An outcome and its task. */
  public record TaskOutcome(UUID task, OutcomeMessage outcome) {}

  /** Finishes locked tasks. */
  public void end(List<TaskOutcome> outcomes) {
    OffsetDateTime now = SqlValues.now(clock);
    bulk.batchUpdate(
        """
        update tasks set state = ?, attempts = ?, throttles = ?, status_code = ?, request_id = ?,
          reply = ?, failure_code = ?, failure_detail = ?, prompt_tokens = ?, completion_tokens = ?,
          cut_off = ?, asks = ?, accepted = false, latency_ms = ?, worker = ?, history = ?, finished_at = ?
        where id = ?""",
        outcomes.stream().map(task -> row(task.task(), task.outcome(), now)).toList());
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
      stats.history().calls().isEmpty() ? null : text(stats.history().json()),
      now,
      task
    };
  }

  private static @Nullable String text(@Nullable String value) {
    return value == null ? null : SqlValues.text(value);
  }
}
