package dev.sluice.producer.deadletter;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.api.deadletter.AuditLogEntry;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Records in PostgreSQL each action on a dead letter, with its operator and reason. */
@Repository
class AuditLog {
  private final JdbcClient jdbc;
  private final NoArgGenerator ids;
  private final Clock clock;

  AuditLog(JdbcClient jdbc, NoArgGenerator ids, Clock clock) {
    this.jdbc = jdbc;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * An entry of the audit log.
   *
   * @param changes what a replay changed; null for nothing
   */
  record AuditEntry(
      String action,
      Instant at,
      String apiKey,
      @Nullable String operator,
      String reason,
      @Nullable String changes) {}

  void add(UUID deadLetter, AuditAction action) {
    jdbc.sql(
            """
            insert into dead_acts (id, letter_id, act, at, who, by_name, why, changed)
            values (:id, :deadLetter, :act, :now, :apiKey, :operator, :reason, :changes)\
            """)
        .param("id", ids.generate())
        .param("deadLetter", deadLetter)
        .param("act", action.kind().wireName())
        .param("now", SqlValues.now(clock))
        .param("apiKey", action.apiKey())
        .param("operator", action.operator())
        .param("reason", action.reason())
        .param("changes", action.edit().summary())
        .update();
  }

  /**
   * The entries of all dead letters that a caller may see, the newest first.
   *
   * @param after only entries that are older than this one; null for all
   */
  List<AuditLogEntry> newest(AuthenticatedCaller caller, @Nullable UUID after, int limit) {
    return jdbc.sql(
            """
            select a.*, d.project, d.route, d.custom_id from dead_acts a
            join dead_letters d on d.id = a.letter_id
            where (:project::text is null or d.project = :project)
              and (:after::uuid is null or a.id < :after)
            order by a.id desc limit :limit\
            """)
        .param("project", caller.admin() ? null : caller.project().name())
        .param("after", after)
        .param("limit", limit)
        .query(AuditLog::read)
        .list();
  }

  private static AuditLogEntry read(ResultSet row, int index) throws SQLException {
    return new AuditLogEntry(
        row.getString("id"),
        "audit_log_entry",
        row.getString("act"),
        row.getTimestamp("at").toInstant().getEpochSecond(),
        row.getString("who"),
        row.getString("by_name"),
        row.getString("why"),
        row.getString("changed"),
        row.getString("letter_id"),
        row.getString("project"),
        row.getString("route"),
        row.getString("custom_id"));
  }

  /** Returns the entries of a dead letter, the oldest first. */
  List<AuditEntry> entries(UUID deadLetter) {
    return jdbc.sql(
            """
            select act as action, at, who as api_key, by_name as operator, why as reason,
              changed as changes
            from dead_acts where letter_id = :deadLetter order by id\
            """)
        .param("deadLetter", deadLetter)
        .query(SqlValues.rows(AuditEntry.class))
        .list();
  }
}
