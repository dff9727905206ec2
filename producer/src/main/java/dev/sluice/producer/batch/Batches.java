package dev.sluice.producer.batch;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.api.batch.InputError;
import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.access.ProjectScope;
import dev.sluice.producer.access.quota.Quotas;
import java.math.BigDecimal;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The batches in PostgreSQL, and all transitions between their statuses.
 *
 * <p>Lock order: a transaction that changes tasks of a running batch locks the batch's row first
 * (prevents deadlocks). The lock is {@code for no key update}, so that inserts of tasks do not wait
 * for it.
 */
@Repository
public class Batches {
  private static final String HAS_RESULTS = "status in ('completed', 'expired')";
  private static final String ALL_ENDED =
      "(status in ('in_progress', 'cancelling') and total = completed + failed + expired + cancelled + :ended)";

  private final JdbcClient jdbc;
  private final BatchRouteCounters batchRouteCounters;
  private final Quotas quotas;
  private final NoArgGenerator ids;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  Batches(
      JdbcClient jdbc,
      BatchRouteCounters batchRouteCounters,
      Quotas quotas,
      NoArgGenerator ids,
      ApplicationEventPublisher events,
      Clock clock) {
    this.jdbc = jdbc;
    this.batchRouteCounters = batchRouteCounters;
    this.quotas = quotas;
    this.ids = ids;
    this.events = events;
    this.clock = clock;
  }

  public Optional<Batch> find(Project project, BatchId id) {
    return jdbc.sql("select * from batches where id = :id and project = :project")
        .param("id", id.uuid())
        .param("project", project.name())
        .query(BatchRowMapper::read)
        .optional();
  }

  /** The batch that a request with this idempotency key created. */
  Optional<Batch> find(Project project, String idempotencyKey) {
    return jdbc.sql("select * from batches where idempotency_key = :key and project = :project")
        .param("key", idempotencyKey)
        .param("project", project.name())
        .query(BatchRowMapper::read)
        .optional();
  }

  /** The visible batches after the given one, newest first. */
  public List<Batch> list(ProjectScope projectScope, @Nullable BatchId after, int limit) {
    // One statement per kind of scope, so that the planner uses the index for it.
    return jdbc.sql(
            """
            select * from batches
            where %s (:after::uuid is null or (created_at, id) <
              (select b.created_at, b.id from batches b where b.id = :after))
            order by created_at desc, id desc limit :limit"""
                .formatted(projectScope.only() == null ? "" : "project = :project and"))
        .param("project", projectScope.name())
        .param("after", after == null ? null : after.uuid())
        .param("limit", limit)
        .query(BatchRowMapper::read)
        .list();
  }

  /**
   * Creates a batch, or returns the batch that the same idempotency key has created.
   *
   * @param idempotencyKey null for none
   * @param traceparent of the request; null without tracing
   * @throws dev.sluice.producer.web.ApiException if the project's quota is exceeded
   */
  @Transactional
  public CreatedBatch create(
      Project project,
      NewBatch.ValidatedBatch batch,
      @Nullable String idempotencyKey,
      @Nullable String traceparent) {
    BatchId id = new BatchId(ids.generate());
    Instant now = clock.instant();
    Duration lifetime = batch.outputLifetime();
    Duration reuse = batch.reuse();
    AnswerCheck check = batch.check();
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
            .param("endpoint", batch.endpoint())
            .param("file", batch.inputFileId())
            .param("completionWindow", batch.completionWindow())
            .param(
                "metadata", batch.metadata() == null ? null : BatchRowMapper.json(batch.metadata()))
            .param("priority", batch.priority())
            .param("lifetime", lifetime == null ? null : lifetime.toSeconds(), Types.BIGINT)
            .param("key", idempotencyKey)
            .param("budget", batch.budget(), Types.NUMERIC)
            .param("failCutOff", batch.cutOff() == CutOffPolicy.FAIL)
            .param(
                "stopAfter",
                batch.stopAfter() == null ? null : BatchRowMapper.json(batch.stopAfter()))
            .param("reuse", reuse == null ? null : reuse.toSeconds(), Types.BIGINT)
            .param("checkSchema", check.isEnabled() ? check.schema() : null, Types.VARCHAR)
            .param("checkReAsk", check.isEnabled() ? check.reAsk() : null, Types.INTEGER)
            .param("traceparent", traceparent)
            .param("now", at(now))
            .param("expires", at(now.plus(batch.window())))
            .update();
    if (inserted == 1) {
      quotas.admitBatch(project);
    }
    return inserted == 1
        ? created("id = :value", project, id.uuid(), true)
        : created(
            "idempotency_key = :value", project, Objects.requireNonNull(idempotencyKey), false);
  }

  /**
   * The batch of a create request.
   *
   * @param isNew whether this request created it
   * @param requestedBudget the budget in the request that created it; null for no limit
   * @param check the check of its answers
   */
  record CreatedBatch(
      Batch batch, boolean isNew, @Nullable BigDecimal requestedBudget, AnswerCheck check) {}

  private CreatedBatch created(String condition, Project project, Object value, boolean isNew) {
    return jdbc.sql("select * from batches where project = :project and " + condition)
        .param("project", project.name())
        .param("value", value)
        .query(
            (row, index) ->
                new CreatedBatch(
                    BatchRowMapper.read(row, index),
                    isNew,
                    row.getBigDecimal("requested_budget"),
                    BatchRowMapper.check(row)))
        .single();
  }

  /** The oldest batches with the status. */
  public List<Batch> inStatus(BatchStatus status, int limit) {
    return jdbc.sql("select * from batches where status = :status order by created_at limit :limit")
        .param("status", status.wireName())
        .param("limit", limit)
        .query(BatchRowMapper::read)
        .list();
  }

  /** A batch whose input is not validated yet. */
  public record Unvalidated(BatchId id, Project project) {}

  /** Some unvalidated batches of each project, oldest first. */
  public List<Unvalidated> unvalidated(int limitPerProject) {
    return jdbc.sql(
            """
            select id, project from (
              select id, project, created_at,
                row_number() over (partition by project order by created_at, id) as place
              from batches where status = 'validating') waiting
            where place <= :limit order by created_at, id""")
        .param("limit", limitPerProject)
        .query(
            (row, index) ->
                new Unvalidated(
                    new BatchId(row.getObject("id", UUID.class)),
                    new Project(row.getString("project"))))
        .list();
  }

  /** Whether the input of the batch is not validated yet. */
  public boolean isValidating(BatchId id) {
    return jdbc.sql("select status = 'validating' from batches where id = :id")
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
   * @param total the number of its tasks
   * @param reused the number of them that have completed with a stored result; if these are all,
   *     the batch is finalizing
   * @param model the model of all its tasks; null if they differ
   */
  public boolean start(BatchId id, long total, long reused, @Nullable String model) {
    return jdbc.sql(
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
  }

  /** Locks the rows of these batches, ordered by id. */
  public void lock(Collection<UUID> batches) {
    jdbc.sql("select id from batches where id in (:ids) order by id for no key update")
        .param("ids", batches)
        .query(UUID.class)
        .list();
  }

  /**
   * Counts ended tasks; true if all tasks of the batch have ended. The status of a finished batch,
   * whose tasks were replayed, does not change.
   */
  public boolean addOutcomes(BatchId id, OutcomeCounts counts) {
    return jdbc.sql(
                """
                with counted as (
                  update batches set
                    completed = completed + :completed, failed = failed + :failed,
                    expired = expired + :expired, cancelled = cancelled + :cancelled,
                    cut_off = cut_off + :cutOff, re_asks = re_asks + :reAsks,
                    attempts = attempts + :attempts, throttles = throttles + :throttles,
                    prompt_tokens = prompt_tokens + :promptTokens,
                    completion_tokens = completion_tokens + :completionTokens,
                    status = case when %1$s then 'finalizing' else status end,
                    finalizing_at = case when %1$s then :now else finalizing_at end,
                    mended = mended + case when %2$s then 1 else 0 end
                  where id = :id and (status in ('in_progress', 'cancelling') or %2$s)
                  returning status)
                select count(*) from counted where status = 'finalizing'"""
                    .formatted(ALL_ENDED, HAS_RESULTS))
            .param("id", id.uuid())
            .param("completed", counts.completed())
            .param("failed", counts.failed())
            .param("expired", counts.expired())
            .param("cancelled", counts.cancelled())
            .param("cutOff", counts.cutOff())
            .param("reAsks", counts.reAsks())
            .param("attempts", counts.attempts())
            .param("throttles", counts.throttles())
            .param("promptTokens", counts.promptTokens())
            .param("completionTokens", counts.completionTokens())
            .param("ended", counts.ended())
            .param("now", now())
            .query(Long.class)
            .single()
        > 0;
  }

  /**
   * Counts a failed task as queued again on the route. The caller's transaction holds the batch's
   * lock and changes the task.
   */
  public void reopen(BatchId id, String route) {
    jdbc.sql(
            "update batches set failed = failed - 1, mended = mended + case when "
                + HAS_RESULTS
                + " then 1 else 0 end where id = :id")
        .param("id", id.uuid())
        .update();
    batchRouteCounters.addReplay(id, route);
  }

  /**
   * Counts a failed task as completed. The caller's transaction holds the batch's lock and changes
   * the task.
   */
  public void accept(BatchId id) {
    jdbc.sql(
            "update batches set failed = failed - 1, completed = completed + 1,"
                + " mended = mended + case when "
                + HAS_RESULTS
                + " then 1 else 0 end where id = :id")
        .param("id", id.uuid())
        .update();
  }

  /**
   * A finished batch whose result files are stale, because some of its tasks were replayed.
   *
   * @param version the number of changes to its results so far
   */
  public record StaleResults(Batch batch, long version) {}

  /** Some batches with stale result files. */
  public List<StaleResults> withStaleResults(int limit) {
    return jdbc.sql("select * from batches where mended <> files_mended order by id limit :limit")
        .param("limit", limit)
        .query(
            (row, index) ->
                new StaleResults(BatchRowMapper.read(row, index), row.getLong("mended")))
        .list();
  }

  /** Stores the ids of the result files that match this version of the tasks. */
  public void setResultFiles(
      StaleResults staleResults, @Nullable String outputFileId, @Nullable String errorFileId) {
    jdbc.sql(
            """
            update batches set output_file_id = :output, error_file_id = :error,
              files_mended = :version
            where id = :id""")
        .param("output", outputFileId)
        .param("error", errorFileId)
        .param("version", staleResults.version())
        .param("id", staleResults.batch().id().uuid())
        .update();
  }

  /** Cancels the batch, so that no more of its tasks are published. */
  @Transactional
  public void cancel(BatchId id) {
    lock(List.of(id.uuid()));
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

  /** The batches in progress that a budget limits or has paused, unless paused manually. */
  public List<Batch> withBudget() {
    return jdbc.sql(
            """
            select b.* from batches b left join project_budgets p on p.project = b.project
            where b.status = 'in_progress' and coalesce(b.paused_by, '') <> 'hand'
              and (b.budget is not null or p.dollars is not null or b.paused_by is not null)""")
        .query(BatchRowMapper::read)
        .list();
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

  /** The newest visible batches. */
  public List<Batch> newest(ProjectScope projectScope, int limit) {
    return list(projectScope, null, limit);
  }

  /** A cancelled or expired batch with queued tasks, which will not be called. */
  public record PendingTermination(BatchId id, BatchStatus status) {
    /** The worker's name in the outcome of a task that no worker received. */
    public static final String WORKER_NAME = "producer";

    /** The outcome with which those tasks end. */
    public OutcomeKind kind() {
      return status == BatchStatus.CANCELLING ? OutcomeKind.CANCELLED : OutcomeKind.EXPIRED;
    }
  }

  /** The cancelled batches, and those whose completion window has passed, with queued tasks. */
  public List<PendingTermination> pendingTerminations() {
    return jdbc.sql(
            """
            select id, status from batches b
            where (status = 'cancelling' or (status = 'in_progress' and expires_at <= :now))
              and exists (select from shares s where s.batch_id = b.id and s.queued > 0)""")
        .param("now", now())
        .query(
            (row, index) ->
                new PendingTermination(
                    new BatchId(row.getObject("id", UUID.class)),
                    BatchStatus.fromWire(row.getString("status"))))
        .list();
  }

  /** Locks the batch, and marks it as expired if it was not cancelled. */
  public void terminate(PendingTermination pendingTermination) {
    lock(List.of(pendingTermination.id().uuid()));
    jdbc.sql(
            """
            update batches set expired_at = coalesce(expired_at, :now)
            where id = :id and status = 'in_progress'""")
        .param("id", pendingTermination.id().uuid())
        .param("now", now())
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
    return at(clock.instant());
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
