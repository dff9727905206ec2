package dev.sluice.producer.store;

import dev.sluice.api.batch.InputError;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.math.BigDecimal;
import java.sql.Types;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Changes the status of batches, and pauses them. Each transition has one method; a method that
 * finds the batch in another status changes nothing.
 */
@Repository
public class BatchLifecycle {
  private final JdbcClient jdbc;
  private final BatchLocks locks;
  private final BatchRouteCounters batchRouteCounters;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  BatchLifecycle(
      JdbcClient jdbc,
      BatchLocks locks,
      BatchRouteCounters batchRouteCounters,
      ApplicationEventPublisher events,
      Clock clock) {
    this.jdbc = jdbc;
    this.locks = locks;
    this.batchRouteCounters = batchRouteCounters;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Locks a batch for its validation, until the end of the transaction. False if another loop or
   * producer validates it, or if it is no longer to be validated.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean tryLockForValidation(BatchId id) {
    boolean locked =
        jdbc.sql("select pg_try_advisory_xact_lock(:key)")
            .param("key", id.uuid().getLeastSignificantBits())
            .query(Boolean.class)
            .single();
    return locked
        && jdbc.sql("select status = 'validating' from batches where id = :id")
            .param("id", id.uuid())
            .query(Boolean.class)
            .optional()
            .orElse(false);
  }

  /** Fails a batch whose input is invalid. */
  @Transactional
  public void fail(BatchId id, List<InputError> errors) {
    int failed =
        jdbc.sql(
                """
            update batches set status = %s, failed_at = :now, errors = :errors::jsonb
            where id = :id and %s"""
                    .formatted(
                        Transitions.FAIL.to(BatchStatus.FAILED), Transitions.FAIL.from("status")))
            .param("id", id.uuid())
            .param("now", SqlValues.now(clock))
            .param("errors", BatchRowMapper.json(errors))
            .update();
    if (failed == 1) {
      publishFinished(id);
    }
  }

  /**
   * Starts a batch whose tasks the caller's transaction has inserted; false if it was cancelled in
   * the meantime.
   *
   * @param queued the number of its queued tasks by route
   * @param blocked the number of its tasks that wait for others, by route; if there are neither,
   *     the batch is finalizing
   * @param reused the number of its tasks that have completed with a stored result
   * @param model the model of all its tasks; null if they differ
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean start(
      BatchId id,
      Map<String, Long> queued,
      Map<String, Long> blocked,
      long reused,
      @Nullable String model) {
    long dependents = sum(blocked);
    long total = reused + sum(queued) + dependents;
    boolean started =
        jdbc.sql(
                    """
                update batches set in_progress_at = :now, total = :total, completed = :reused,
                  reused = :reused, model = :model, dependents = :dependents,
                  status = case when :finished then %s else %s end,
                  finalizing_at = case when :finished then :now::timestamptz end
                where id = :id and %s"""
                        .formatted(
                            Transitions.START.to(BatchStatus.FINALIZING),
                            Transitions.START.to(BatchStatus.IN_PROGRESS),
                            Transitions.START.from("status")))
                .param("id", id.uuid())
                .param("now", SqlValues.now(clock))
                .param("total", total)
                .param("reused", reused)
                .param("dependents", dependents)
                .param("finished", total == reused)
                .param("model", model)
                .update()
            == 1;
    if (started) {
      batchRouteCounters.create(id, queued);
      blocked.forEach((route, count) -> batchRouteCounters.addBlocked(id, route, count));
    }
    return started;
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Cancels the batch, so that no more of its tasks are published. */
  @Transactional
  public void cancel(BatchId id) {
    locks.lock(List.of(id.uuid()));
    int unvalidated =
        jdbc.sql(
                """
                update batches set status = %s, cancelling_at = :now, cancelled_at = :now
                where id = :id and %s"""
                    .formatted(
                        Transitions.DROP.to(BatchStatus.CANCELLED),
                        Transitions.DROP.from("status")))
            .param("id", id.uuid())
            .param("now", SqlValues.now(clock))
            .update();
    if (unvalidated == 1) {
      publishFinished(id);
    }
    jdbc.sql(
            """
            update batches set status = %s, cancelling_at = :now
            where id = :id and %s"""
                .formatted(
                    Transitions.CANCEL.to(BatchStatus.CANCELLING),
                    Transitions.CANCEL.from("status")))
        .param("id", id.uuid())
        .param("now", SqlValues.now(clock))
        .update();
  }

  /**
   * Pauses the batch, so that no more of its tasks are published; false if it is not running.
   *
   * @param cause replaces an earlier cause
   */
  @Transactional
  public boolean pause(BatchId id, PauseReason cause) {
    return jdbc.sql(
                """
                update batches set paused_at = coalesce(paused_at, :now), paused_by = :by,
                  stopped = false
                where id = :id and status in ('validating', 'in_progress')""")
            .param("id", id.uuid())
            .param("now", SqlValues.now(clock))
            .param("by", cause.column())
            .update()
        == 1;
  }

  /** Resumes the batch; false if it is not running. */
  @Transactional
  public boolean resume(BatchId id) {
    boolean running =
        jdbc.sql(
                    """
                    update batches set paused_at = null, paused_by = null, stopped = false
                    where id = :id and status in ('validating', 'in_progress')""")
                .param("id", id.uuid())
                .update()
            == 1;
    if (running) {
      batchRouteCounters.resetVirtualTime(id);
    }
    return running;
  }

  /**
   * Sets the batch's budget.
   *
   * @param dollars null for no limit
   */
  public void setBudget(BatchId id, @Nullable BigDecimal dollars) {
    jdbc.sql("update batches set budget = :dollars where id = :id")
        .param("dollars", dollars, Types.NUMERIC)
        .param("id", id.uuid())
        .update();
  }

  /**
   * Finishes a batch whose result files are stored. Its status is {@code cancelled}, {@code
   * expired} or {@code completed}; false if another producer has finished it.
   */
  @Transactional
  public boolean finish(BatchId id, @Nullable String outputFileId, @Nullable String errorFileId) {
    boolean finished =
        jdbc.sql(
                    """
                update batches set output_file_id = :output, error_file_id = :error,
                  status = case when cancelling_at is not null then %s
                    when expired > 0 then %s else %s end,
                  cancelled_at = case when cancelling_at is not null then :now end,
                  expired_at = case when cancelling_at is null and expired > 0 then :now end,
                  completed_at = case when cancelling_at is null and expired = 0 then :now end
                where id = :id and %s"""
                        .formatted(
                            Transitions.FINISH.to(BatchStatus.CANCELLED),
                            Transitions.FINISH.to(BatchStatus.EXPIRED),
                            Transitions.FINISH.to(BatchStatus.COMPLETED),
                            Transitions.FINISH.from("status")))
                .param("id", id.uuid())
                .param("output", outputFileId)
                .param("error", errorFileId)
                .param("now", SqlValues.now(clock))
                .update()
            == 1;
    if (finished) {
      publishFinished(id);
    }
    return finished;
  }

  private void publishFinished(BatchId id) {
    Batch batch =
        jdbc.sql("select * from batches where id = :id")
            .param("id", id.uuid())
            .query(BatchRowMapper::read)
            .single();
    events.publishEvent(new BatchFinished(batch.project(), id, batch.status()));
  }
}
