package dev.sluice.producer.infrastructure.retention;

import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import dev.sluice.producer.store.BatchDeletion;
import dev.sluice.producer.store.BatchId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

  private final RetentionSettings settings;
  private final BatchDeletion deletion;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final BackgroundLoop loop;
  private @Nullable Position position;

  Retention(RetentionSettings settings, BatchDeletion deletion, JdbcClient jdbc, Clock clock) {
    this.settings = settings;
    this.deletion = deletion;
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
        .param("before", SqlValues.at(before))
        .param("limit", ROWS_PER_STATEMENT)
        .update();
  }

  /** Deletes a part of the oldest batch; true if there may be more. */
  private boolean deleteOldest(Instant before) {
    return deletion.oldestFinished(before).map(this::deletePart).orElse(false);
  }

  /** Deletes the tasks of the next range of lines; true if there may be more. */
  private boolean deletePart(UUID batch) {
    jdbc.sql("delete from files where batch_id = :batch").param("batch", batch).update();
    Position from = position != null && position.batch().equals(batch) ? position : start(batch);
    deletion.deleteTasks(batch, from.line(), from.line() + ROWS_PER_STATEMENT);
    position = new Position(batch, from.line() + ROWS_PER_STATEMENT, from.last());
    if (position.line() <= position.last()) {
      return true;
    }
    position = null; // a later round deletes the locked tasks
    boolean deleted = deletion.deleteEmpty(batch);
    if (deleted) {
      BatchId id = new BatchId(batch);
      LOG.atInfo()
          .addKeyValue("batch", id)
          .log("Deleted batch {} (its retention period has passed)", id);
    }
    return deleted;
  }

  private Position start(UUID batch) {
    BatchDeletion.Lines lines = deletion.lines(batch);
    return new Position(batch, lines.first(), lines.last());
  }

  /**
   * The progress of the deletion of a batch.
   *
   * @param line the next line number
   * @param last the last line number of the batch
   */
  private record Position(UUID batch, long line, long last) {}

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
