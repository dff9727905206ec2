package dev.sluice.producer.store;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.math.BigDecimal;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Creates batches. */
@Repository
public class NewBatches {
  private final JdbcClient jdbc;
  private final NoArgGenerator ids;
  private final Clock clock;

  NewBatches(JdbcClient jdbc, NoArgGenerator ids, Clock clock) {
    this.jdbc = jdbc;
    this.ids = ids;
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
    ServiceTier tier = definition.tier();
    int inserted =
        jdbc.sql(
                """
            insert into batches (id, project, endpoint, input_file_id, completion_window, metadata,
              priority, output_expires_seconds, idempotency_key, budget, requested_budget,
              fail_cut_off, stop_after, reuse_seconds, check_schema, check_re_ask, tier, traceparent, status, created_at, expires_at, input_bytes)
            values (:id, :project, :endpoint, :file, :completionWindow, :metadata::jsonb,
              :priority, :lifetime, :key, :budget, :budget, :failCutOff, :stopAfter::jsonb,
              :reuse, :checkSchema, :checkReAsk, :tier, :traceparent, 'validating', :now, :expires,
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
            .param("tier", tier == null ? null : tier.wireName(), Types.VARCHAR)
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
}
