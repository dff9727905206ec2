package dev.sluice.producer.infrastructure.retention;

import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Deletes finished batches after their retention period: first the result files, so that no client
 * reads an incomplete one, then the tasks in ranges of lines, then the batch. Also deletes resolved
 * dead letters and old leases. Each statement is its own transaction and locks only the rows that
 * it deletes.
 */
@Component
class Retention extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final int ROWS_PER_STATEMENT = 1000;
  private static final String FINISHED =
      "coalesce(completed_at, failed_at, expired_at, cancelled_at) <= :before "
          + "and status in ('completed', 'failed', 'expired', 'cancelled') and not exists "
          + "(select from shares s where s.batch_id = b.id and (s.queued > 0 or s.submitted > 0))";

  private final RetentionSettings settings;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final BackgroundLoop loop;
  private @Nullable Position position;

  Retention(RetentionSettings settings, JdbcClient jdbc, Clock clock) {
    this.settings = settings;
    this.jdbc = jdbc;
    this.clock = clock;
    this.loop = new BackgroundLoop("retention", settings.interval(), this::round);
  }

  private boolean round() {
    Duration after = settings.batchesAfter();
    boolean moreBatches = after != null && deleteOldest(clock.instant().minus(after));
    Duration deadLettersAfter = settings.deadLettersAfter();
    boolean moreDeadLetters =
        !deadLettersAfter.isZero() && deleteDeadLetters(clock.instant().minus(deadLettersAfter));
    deleteExpiredLeases();
    return moreBatches || moreDeadLetters;
  }

  /** Deletes the leases of producers that died; by PostgreSQL's clock, as they expire. */
  private void deleteExpiredLeases() {
    jdbc.sql("delete from leases where expires_at < now() - interval '1 day'").update();
  }

  /** Deletes some dead letters with their audit log; true if there may be more. */
  private boolean deleteDeadLetters(Instant before) {
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
        .param("before", before.atOffset(ZoneOffset.UTC))
        .param("limit", ROWS_PER_STATEMENT)
        .update();
  }

  /** Deletes a part of the oldest batch; true if there may be more. */
  private boolean deleteOldest(Instant before) {
    return oldest(before).map(this::deletePart).orElse(false);
  }

  private Optional<UUID> oldest(Instant before) {
    return jdbc.sql(
            "select id from batches b where "
                + FINISHED
                + " order by coalesce(completed_at, failed_at, expired_at, cancelled_at) limit 1")
        .param("before", before.atOffset(ZoneOffset.UTC))
        .query(UUID.class)
        .optional();
  }

  /**
   * Deletes the tasks of the next range of lines, so that no query plan can read more. Returns true
   * if there may be more.
   */
  private boolean deletePart(UUID batch) {
    jdbc.sql("delete from files where batch_id = :batch").param("batch", batch).update();
    Position from =
        position != null && position.batch().equals(batch) ? position : firstLine(batch);
    jdbc.sql(
            """
            delete from tasks where id = any(array(
              select id from tasks
              where batch_id = :batch and line_no >= :first and line_no < :end
              for update skip locked))""")
        .param("batch", batch)
        .param("first", from.line())
        .param("end", from.line() + ROWS_PER_STATEMENT)
        .update();
    position = new Position(batch, from.line() + ROWS_PER_STATEMENT, from.last());
    if (position.line() <= position.last()) {
      return true;
    }
    position = null; // a later round deletes the locked tasks
    return deleteEmpty(batch);
  }

  /**
   * The progress of the deletion of a batch.
   *
   * @param line the next line number
   * @param last the last line number of the batch
   */
  private record Position(UUID batch, long line, long last) {}

  private Position firstLine(UUID batch) {
    return new Position(batch, boundaryLine(batch, "asc"), boundaryLine(batch, "desc"));
  }

  private long boundaryLine(UUID batch, String order) {
    return jdbc.sql(
            "select line_no from tasks where batch_id = :batch order by line_no %s limit 1"
                .formatted(order))
        .param("batch", batch)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** False while another transaction holds a task of it; a later round deletes the batch. */
  private boolean deleteEmpty(UUID batch) {
    jdbc.sql("delete from shares where batch_id = :batch").param("batch", batch).update();
    int deleted =
        jdbc.sql(
                """
                delete from batches b where id = :batch
                  and not exists (select from tasks t where t.batch_id = b.id)""")
            .param("batch", batch)
            .update();
    if (deleted == 1) {
      BatchId id = new BatchId(batch);
      LOG.atInfo().addKeyValue("batch", id).log("Deleted batch {} (retention period over)", id);
    }
    return deleted == 1;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
