package dev.sluice.producer.deadletter;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.AttemptHistory;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.CheckResult;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.web.ApiException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Stores dead letters and their audit log in PostgreSQL. */
@Repository
class DeadLetters {
  private static final int MAX_NAME_LENGTH = 200;
  private static final String COLUMNS =
      """
      id, state, project, task_id, run, batch_id, correlation_id, custom_id, route, lane, endpoint,
        model, failure_code, failure_detail, status_code, request_id, attempts, throttles, worker,
        died_at, settled_at, refusal\
      """;

  private final JdbcClient jdbc;
  private final NoArgGenerator ids;
  private final Clock clock;

  DeadLetters(JdbcClient jdbc, NoArgGenerator ids, Clock clock) {
    this.jdbc = jdbc;
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
            select :id, b.project, :task, :run, :digest, b.id, :correlation,
              :customId, :route, :lane, :endpoint, :model, :code, :detail, :status,
              :requestId, :attempts, :throttles, :worker, :history, :request, :reply, :now
            from (select) as one left join tasks t on t.id = :uuid
              left join batches b on b.id = t.batch_id
            on conflict do nothing\
            """)
        .param("id", ids.generate())
        .param("task", text(taskIds.taskId()))
        .param("uuid", uuid(taskIds.taskId()).orElse(null), Types.OTHER)
        .param("run", taskIds.run())
        .param("digest", digest(dead.body()))
        .param(
            "correlation",
            taskIds.batchId() == null ? null : text(taskIds.batchId()),
            Types.VARCHAR)
        .param("customId", text(taskIds.customId()))
        .param("route", name(taskIds.route()))
        .param("lane", taskIds.lane().wireName())
        .param("endpoint", name(taskIds.endpoint()))
        .param(
            "model", name(RequestSummary.read(dead.body()).map(RequestSummary::model).orElse("")))
        .param("code", failure == null ? "unknown" : name(failure.code()))
        .param("detail", failure == null ? "" : text(failure.detail()))
        .param("status", stats.statusCode(), Types.INTEGER)
        .param(
            "requestId", stats.requestId() == null ? null : name(stats.requestId()), Types.VARCHAR)
        .param("attempts", stats.attempts())
        .param("throttles", stats.throttles())
        .param("worker", name(stats.worker()))
        .param("history", text(stats.history().json()))
        .param("request", dead.body().bytes())
        .param("reply", invalidReply(dead), Types.BINARY)
        .param("now", now())
        .update();
  }

  private static byte @Nullable [] invalidReply(OutcomeMessage dead) {
    CheckResult check = dead.check();
    Payload reply = check == null ? null : check.invalidReply();
    return reply == null ? null : reply.bytes();
  }

  /**
   * Returns the newest first.
   *
   * @param after returns only dead letters older than this one; null for all
   */
  List<DeadLetter> list(DeadLetterFilter filter, @Nullable UUID after, int limit) {
    DeadLetterFilter page = after == null ? filter : filter.and("id < :after", "after", after);
    return select(page, "order by id desc", limit);
  }

  /**
   * Returns the oldest first.
   *
   * @param after returns only dead letters newer than this one; null for all
   * @param last the newest dead letter to return
   */
  List<DeadLetter> oldest(DeadLetterFilter filter, @Nullable UUID after, UUID last, int limit) {
    DeadLetterFilter upTo = filter.and("id <= :last", "last", last);
    DeadLetterFilter page = after == null ? upTo : upTo.and("id > :after", "after", after);
    return select(page, "order by id", limit);
  }

  private List<DeadLetter> select(DeadLetterFilter filter, String order, int limit) {
    return jdbc.sql(
            "select %s from dead_letters where %s %s limit :limit"
                .formatted(COLUMNS, filter.sql(), order))
        .params(filter.values())
        .param("limit", limit)
        .query(DeadLetters::read)
        .list();
  }

  /**
   * The dead letters that match a filter.
   *
   * @param last the newest of them; null if there are none
   */
  record Selection(long count, @Nullable UUID last) {}

  Selection find(DeadLetterFilter filter) {
    return jdbc.sql(
            """
            select count(*) as count, (array_agg(id order by id desc))[1] as last
            from dead_letters where %s\
            """
                .formatted(filter.sql()))
        .params(filter.values())
        .query(
            (row, index) -> new Selection(row.getLong("count"), row.getObject("last", UUID.class)))
        .single();
  }

  /**
   * Dead letters of one failure code and route.
   *
   * @param batches number of batches that they belong to
   * @param since when the first was stored
   * @param latest when the last was stored
   */
  record Group(
      String failureCode, String route, long count, long batches, Instant since, Instant latest) {}

  List<Group> groups(DeadLetterFilter filter) {
    return jdbc.sql(
            """
            select failure_code, route, count(*) as count, count(distinct batch_id) as batches,
              min(died_at) as since, max(died_at) as latest
            from dead_letters where %s group by failure_code, route order by 3 desc, 1, 2\
            """
                .formatted(filter.sql()))
        .params(filter.values())
        .query(
            (row, index) ->
                new Group(
                    row.getString("failure_code"),
                    row.getString("route"),
                    row.getLong("count"),
                    row.getLong("batches"),
                    row.getTimestamp("since").toInstant(),
                    row.getTimestamp("latest").toInstant()))
        .list();
  }

  /**
   * Finds a dead letter.
   *
   * @param project the project that it must belong to; null for any or none
   */
  Optional<DeadLetter> find(UUID id, @Nullable Project project) {
    return jdbc.sql(
            """
            select %s from dead_letters
            where id = :id and (:project::text is null or project = :project)\
            """
                .formatted(COLUMNS))
        .param("id", id)
        .param("project", project == null ? null : project.name())
        .query(DeadLetters::read)
        .optional();
  }

  /** Reads the dead letter and locks it for this transaction. */
  DeadLetter lock(UUID id) {
    return jdbc.sql("select %s from dead_letters where id = :id for update".formatted(COLUMNS))
        .param("id", id)
        .query(DeadLetters::read)
        .single();
  }

  /** Returns the current state, without a lock. */
  DeadLetter.State state(UUID id) {
    return jdbc.sql("select %s from dead_letters where id = :id".formatted(COLUMNS))
        .param("id", id)
        .query(DeadLetters::read)
        .single()
        .state();
  }

  /**
   * Locks an open dead letter for this transaction.
   *
   * @throws ApiException 409 if it is not open
   */
  void lockOpen(UUID id) {
    requireOpen(id, lock(id).state());
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

  /** Returns the attempts of the run that failed. */
  AttemptHistory history(UUID id) {
    return AttemptHistory.read(
        jdbc.sql("select history from dead_letters where id = :id")
            .param("id", id)
            .query((row, index) -> Objects.requireNonNullElse(row.getString("history"), "[]"))
            .single());
  }

  /**
   * Marks the dead letter as replayed, discarded or accepted, and writes the audit entry.
   *
   * @param changes what a replay changed; null for nothing
   */
  void resolve(UUID id, AuditAction.Kind kind, AuditAction audit, @Nullable String changes) {
    jdbc.sql(
            """
            update dead_letters set state = :state, settled_at = :now, refusal = null
            where id = :id\
            """)
        .param("state", kind.state().column())
        .param("now", now())
        .param("id", id)
        .update();
    jdbc.sql(
            """
            insert into dead_acts (id, letter_id, act, at, who, by_name, why, changed)
            values (:id, :deadLetter, :act, :now, :apiKey, :operator, :reason, :changes)\
            """)
        .param("id", ids.generate())
        .param("deadLetter", id)
        .param("act", kind.name().toLowerCase(Locale.ROOT))
        .param("now", now())
        .param("apiKey", audit.apiKey())
        .param("operator", audit.operator())
        .param("reason", audit.reason())
        .param("changes", changes)
        .update();
  }

  /** Records why a bulk job could not process the dead letter, which stays open. */
  void reject(UUID id, String reason) {
    jdbc.sql("update dead_letters set refusal = :reason where id = :id and state = 'dead'")
        .param("reason", text(reason))
        .param("id", id)
        .update();
  }

  /** An entry of the audit log. */
  record AuditEntry(
      String action,
      Instant at,
      String apiKey,
      @Nullable String operator,
      String reason,
      @Nullable String changes) {}

  List<AuditEntry> audit(UUID deadLetter) {
    return jdbc.sql("select * from dead_acts where letter_id = :deadLetter order by id")
        .param("deadLetter", deadLetter)
        .query(
            (row, index) ->
                new AuditEntry(
                    row.getString("act"),
                    row.getTimestamp("at").toInstant(),
                    row.getString("who"),
                    row.getString("by_name"),
                    row.getString("why"),
                    row.getString("changed")))
        .list();
  }

  private static DeadLetter read(ResultSet row, int index) throws SQLException {
    String project = row.getString("project");
    Timestamp resolved = row.getTimestamp("settled_at");
    return new DeadLetter(
        row.getObject("id", UUID.class),
        DeadLetter.State.ofColumn(row.getString("state")),
        project == null ? null : new Project(project),
        row.getString("task_id"),
        row.getInt("run"),
        row.getObject("batch_id", UUID.class),
        row.getString("correlation_id"),
        row.getString("custom_id"),
        row.getString("route"),
        row.getString("lane"),
        row.getString("endpoint"),
        row.getString("model"),
        row.getString("failure_code"),
        row.getString("failure_detail"),
        row.getObject("status_code", Integer.class),
        row.getString("request_id"),
        row.getInt("attempts"),
        row.getInt("throttles"),
        row.getString("worker"),
        row.getTimestamp("died_at").toInstant(),
        resolved == null ? null : resolved.toInstant(),
        row.getString("refusal"));
  }

  /** Truncates a name to its column. Messages may hold any text, and PostgreSQL rejects NUL. */
  private static String name(String value) {
    String clean = text(value);
    return clean.length() <= MAX_NAME_LENGTH ? clean : clean.substring(0, MAX_NAME_LENGTH);
  }

  private static String text(String value) {
    return value.replace("\0", "");
  }

  private static byte[] digest(Payload payload) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(payload.bytes());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException invalid) {
      return Optional.empty();
    }
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
