package dev.sluice.producer.store;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.producer.access.Project;
import java.math.BigDecimal;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Creates batches and changes their status. Each transition has one method; a method that finds the
 * batch in another status changes nothing.
 */
@Repository
public class BatchLifecycle {
  private final JdbcClient jdbc;
  private final BatchLocks locks;
  private final BatchRouteCounters batchRouteCounters;
  private final NoArgGenerator ids;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  BatchLifecycle(
      JdbcClient jdbc,
      BatchLocks locks,
      BatchRouteCounters batchRouteCounters,
      NoArgGenerator ids,
      ApplicationEventPublisher events,
      Clock clock) {
    this.jdbc = jdbc;
    this.locks = locks;
    this.batchRouteCounters = batchRouteCounters;
    this.ids = ids;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Creates a batch, or returns the batch that the same idempotency key has created.
   *
   * @param window the time until it expires
   * @param budget null for no limit
   * @param idempotencyKey null for none
   * @param traceparent of the request; null without tracing
   */
  @Transactional
  public CreatedBatch create(
      Project project,
      BatchDefinition definition,
      Duration window,
      @Nullable BigDecimal budget,
      @Nullable String idempotencyKey,
      @Nullable String traceparent) {
    BatchId id = new BatchId(ids.generate());
    Instant now = clock.instant();
    Map<String, String> metadata = definition.metadata();
    StopCondition stopAfter = definition.stopAfter();
    AnswerCheck check = definition.check();
    int inserted =
        jdbc.sql(
                """
            insert into batches (id, project, endpoint, input_file_id, completion_window, metadata,
              priority, output_expires_seconds, idempotency_key, budget, requested_budget,
              fail_cut_off, stop_after, reuse_seconds, check_schema, check_re_ask, traceparent, status, created_at, expires_at, input_bytes)
            values (:id, :project, :endpoint, :file, :completionWindow, :metadata::jsonb,
              :priority, :lifetime, :key, :budget, :budget, :failCutOff, :stopAfter::jsonb,
              :reuse, :checkSchema, :checkReAsk, :traceparent, 'validating', :now, :expires,
              coalesce((select bytes from files where id = :file and project = :project), 0))
            on conflict (project, idempotency_key) where idempotency_key is not null do nothing""")
            .param("id", id.uuid())
            .param("project", project.name())
            .param("endpoint", definition.endpoint())
            .param("file", definition.inputFileId())
            .param("completionWindow", definition.completionWindow())
            .param("metadata", metadata == null ? null : BatchRowMapper.json(metadata))
            .param("priority", definition.priority())
            .param("lifetime", seconds(definition.outputLifetime()), Types.BIGINT)
            .param("key", idempotencyKey)
            .param("budget", budget, Types.NUMERIC)
            .param("failCutOff", definition.cutOff() == CutOffPolicy.FAIL)
            .param("stopAfter", stopAfter == null ? null : BatchRowMapper.json(stopAfter))
            .param("reuse", seconds(definition.reuse()), Types.BIGINT)
            .param("checkSchema", check.isEnabled() ? check.schema() : null, Types.VARCHAR)
            .param("checkReAsk", check.isEnabled() ? check.reAsk() : null, Types.INTEGER)
            .param("traceparent", traceparent)
            .param("now", SqlValues.at(now))
            .param("expires", SqlValues.at(now.plus(window)))
            .update();
    return inserted == 1
        ? created("id = :value", project, id.uuid(), true)
        : created(
            "idempotency_key = :value", project, Objects.requireNonNull(idempotencyKey), false);
  }

  private static @Nullable Long seconds(@Nullable Duration duration) {
    return duration == null ? null : duration.toSeconds();
  }

  /**
   * The batch of a create request.
   *
   * @param isNew whether this request created it
   * @param requestedBudget the budget in the request that created it; null for no limit
   */
  public record CreatedBatch(Batch batch, boolean isNew, @Nullable BigDecimal requestedBudget) {}

  private CreatedBatch created(String condition, Project project, Object value, boolean isNew) {
    return jdbc.sql("select * from batches where project = :project and " + condition)
        .param("project", project.name())
        .param("value", value)
        .query(
            (row, index) ->
                new CreatedBatch(
                    BatchRowMapper.read(row, index), isNew, row.getBigDecimal("requested_budget")))
        .single();
  }

  /**
   * Locks a batch for its validation, until the end of the transaction. False if another loop or
   * producer validates it, or if it is no longer to be validated.
   */
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
            update batches set status = 'failed', failed_at = :now, errors = :errors::jsonb
            where id = :id and status = 'validating'""")
            .param("id", id.uuid())
            .param("now", now())
            .param("errors", BatchRowMapper.json(errors))
            .update();
    if (failed == 1) {
      publishFinished(id);
    }
  }

  /**
   * Starts a batch whose tasks are inserted; false if it was cancelled in the meantime.
   *
   * @param queued the number of its queued tasks by route; if there are none, the batch is
   *     finalizing
   * @param reused the number of its tasks that have completed with a stored result
   * @param model the model of all its tasks; null if they differ
   */
  public boolean start(BatchId id, Map<String, Long> queued, long reused, @Nullable String model) {
    long total = reused + queued.values().stream().mapToLong(Long::longValue).sum();
    boolean started =
        jdbc.sql(
                    """
                update batches set in_progress_at = :now, total = :total, completed = :reused,
                  reused = :reused, model = :model,
                  status = case when :ended then 'finalizing' else 'in_progress' end,
                  finalizing_at = case when :ended then :now::timestamptz end
                where id = :id and status = 'validating'""")
                .param("id", id.uuid())
                .param("now", now())
                .param("total", total)
                .param("reused", reused)
                .param("ended", total == reused)
                .param("model", model)
                .update()
            == 1;
    if (started) {
      batchRouteCounters.create(id, queued);
    }
    return started;
  }

  /** Cancels the batch, so that no more of its tasks are published. */
  @Transactional
  public void cancel(BatchId id) {
    locks.lock(List.of(id.uuid()));
    int unvalidated =
        jdbc.sql(
                """
                update batches set status = 'cancelled', cancelling_at = :now, cancelled_at = :now
                where id = :id and status = 'validating'""")
            .param("id", id.uuid())
            .param("now", now())
            .update();
    if (unvalidated == 1) {
      publishFinished(id);
    }
    jdbc.sql(
            """
            update batches set status = 'cancelling', cancelling_at = :now
            where id = :id and status = 'in_progress'""")
        .param("id", id.uuid())
        .param("now", now())
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
            .param("now", now())
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
                  status = case when cancelling_at is not null then 'cancelled'
                    when expired > 0 then 'expired' else 'completed' end,
                  cancelled_at = case when cancelling_at is not null then :now end,
                  expired_at = case when cancelling_at is null and expired > 0 then :now end,
                  completed_at = case when cancelling_at is null and expired = 0 then :now end
                where id = :id and status = 'finalizing'""")
                .param("id", id.uuid())
                .param("output", outputFileId)
                .param("error", errorFileId)
                .param("now", now())
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

  private OffsetDateTime now() {
    return SqlValues.at(clock.instant());
  }
}
