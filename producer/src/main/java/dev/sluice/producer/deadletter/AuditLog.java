package dev.sluice.producer.deadletter;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.producer.infrastructure.database.SqlValues;
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
