package dev.sluice.producer.deadletter;

import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.infrastructure.retention.ExpiredRows;
import dev.sluice.producer.infrastructure.retention.RetentionSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Deletes resolved dead letters, with their audit log, and finished bulk jobs. */
@Repository
class DeadLetterRetention implements ExpiredRows {
  private final RetentionSettings settings;
  private final JdbcClient jdbc;
  private final Clock clock;

  DeadLetterRetention(RetentionSettings settings, JdbcClient jdbc, Clock clock) {
    this.settings = settings;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  @Override
  public boolean deleteSome() {
    Duration after = settings.deadLettersAfter();
    if (after.isZero()) {
      return false;
    }
    Instant before = clock.instant().minus(after);
    int jobs = delete("dead_jobs", "state <> 'running'", "ended_at", before);
    int deadLetters = delete("dead_letters", "state <> 'dead'", "settled_at", before);
    return jobs == ROWS_PER_STATEMENT || deadLetters == ROWS_PER_STATEMENT;
  }

  private int delete(String table, String condition, String timeColumn, Instant before) {
    return jdbc.sql(
            """
            delete from %1$s where id = any(array(
              select id from %1$s where %2$s and %3$s <= :before order by %3$s limit :limit
              for update skip locked))"""
                .formatted(table, condition, timeColumn))
        .param("before", SqlValues.at(before))
        .param("limit", ROWS_PER_STATEMENT)
        .update();
  }
}
