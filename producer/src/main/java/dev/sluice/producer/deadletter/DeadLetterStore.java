package dev.sluice.producer.deadletter;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.CheckResult;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.web.ApiException;
import java.sql.Types;
import java.time.Clock;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Inserts, locks and resolves the dead letters in PostgreSQL. */
@Repository
public class DeadLetterStore {
  private static final int MAX_NAME_LENGTH = 200;

  private final JdbcClient jdbc;
  private final AuditLog auditLog;
  private final NoArgGenerator ids;
  private final Clock clock;

  DeadLetterStore(JdbcClient jdbc, AuditLog auditLog, NoArgGenerator ids, Clock clock) {
    this.jdbc = jdbc;
    this.auditLog = auditLog;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Stores new dead letters and skips duplicates. The project comes from the database, not from the
   * message.
   *
   * @return the number of new dead letters
   */
  @Transactional
  public int store(Collection<OutcomeMessage> dead) {
    return dead.stream().mapToInt(this::store).sum();
  }

  private int store(OutcomeMessage dead) {
    TaskIds taskIds = dead.ids();
    CallStats stats = dead.stats();
    Failure failure = dead.failure();
    return jdbc.sql(
            """
            insert into dead_letters (id, project, task_id, run, digest, batch_id, correlation_id,
              custom_id, route, lane, endpoint, model, failure_code, failure_detail, status_code,
              request_id, attempts, throttles, worker, history, request, reply, died_at)
            select :id, b.project, :task, :run, sha256(sent.request), b.id, :correlation,
              :customId, :route, :lane, :endpoint, :model, :code, :detail, :status,
              :requestId, :attempts, :throttles, :worker, :history, sent.request, :reply, :now
            from (select :request::bytea as request) as sent left join tasks t on t.id = :uuid
              left join batches b on b.id = t.batch_id
            on conflict do nothing\
            """)
        .param("id", ids.generate())
        .param("task", SqlValues.text(taskIds.taskId()))
        .param("uuid", SqlValues.uuid(taskIds.taskId()).orElse(null), Types.OTHER)
        .param("run", taskIds.run())
        .param(
            "correlation",
            taskIds.batchId() == null ? null : SqlValues.text(taskIds.batchId()),
            Types.VARCHAR)
        .param("customId", SqlValues.text(taskIds.customId()))
        .param("route", name(taskIds.route()))
        .param("lane", taskIds.lane().wireName())
        .param("endpoint", name(taskIds.endpoint()))
        .param(
            "model", name(RequestSummary.read(dead.body()).map(RequestSummary::model).orElse("")))
        .param("code", failure == null ? "unknown" : name(failure.code()))
        .param("detail", failure == null ? "" : SqlValues.text(failure.detail()))
        .param("status", stats.statusCode(), Types.INTEGER)
        .param(
            "requestId", stats.requestId() == null ? null : name(stats.requestId()), Types.VARCHAR)
        .param("attempts", stats.attempts())
        .param("throttles", stats.throttles())
        .param("worker", name(stats.worker()))
        .param("history", SqlValues.text(stats.history().json()))
        .param("request", dead.body().bytes())
        .param("reply", invalidReply(dead), Types.BINARY)
        .param("now", SqlValues.now(clock))
        .update();
  }

  private static byte @Nullable [] invalidReply(OutcomeMessage dead) {
    CheckResult check = dead.check();
    Payload reply = check == null ? null : check.invalidReply();
    return reply == null ? null : reply.bytes();
  }

  /** Returns the current state, without a lock. */
  DeadLetter.State state(UUID id) {
    return state(id, "");
  }

  private DeadLetter.State state(UUID id, String lock) {
    return jdbc.sql("select state from dead_letters where id = :id " + lock)
        .param("id", id)
        .query((row, index) -> DeadLetter.State.ofColumn(row.getString("state")))
        .single();
  }

  /**
   * Locks an open dead letter for this transaction.
   *
   * @throws ApiException 409 if it is not open
   */
  void lockOpen(UUID id) {
    requireOpen(id, state(id, "for update"));
  }

  /**
   * Checks the current state, without a lock.
   *
   * @throws ApiException 409 if it is not open
   */
  void requireOpen(UUID id) {
    requireOpen(id, state(id));
  }

  private static void requireOpen(UUID id, DeadLetter.State state) {
    if (state != DeadLetter.State.OPEN) {
      throw ApiException.conflict(
          "Dead letter %s has already been %s.".formatted(id, state.wireName()));
    }
  }

  Payload request(UUID id) {
    return Payload.of(
        jdbc.sql("select request from dead_letters where id = :id")
            .param("id", id)
            .query((row, index) -> row.getBytes("request"))
            .single());
  }

  /** The provider's reply whose answer does not fit the schema of the batch; empty for none. */
  Optional<Payload> reply(UUID id) {
    return jdbc.sql("select reply from dead_letters where id = :id and reply is not null")
        .param("id", id)
        .query((row, index) -> Payload.of(row.getBytes("reply")))
        .optional();
  }

  /**
   * Marks the dead letter as replayed, discarded or accepted, and writes the audit entry.
   *
   * @return the dead letter in its new state
   */
  DeadLetter resolve(UUID id, AuditAction action) {
    auditLog.add(id, action);
    return jdbc.sql(
            """
            update dead_letters set state = :state, settled_at = :now, refusal = null
            where id = :id returning %s\
            """
                .formatted(DeadLetterRow.COLUMNS))
        .param("state", action.kind().state().column())
        .param("now", SqlValues.now(clock))
        .param("id", id)
        .query(DeadLetterRow::read)
        .single();
  }

  /** Records why a bulk job could not process the dead letter, which stays open. */
  public void reject(UUID id, String reason) {
    jdbc.sql("update dead_letters set refusal = :reason where id = :id and state = 'dead'")
        .param("reason", SqlValues.text(reason))
        .param("id", id)
        .update();
  }

  /** Truncates a name to its column, because messages may hold any text. */
  private static String name(String value) {
    String clean = SqlValues.text(value);
    return clean.length() <= MAX_NAME_LENGTH ? clean : clean.substring(0, MAX_NAME_LENGTH);
  }
}
