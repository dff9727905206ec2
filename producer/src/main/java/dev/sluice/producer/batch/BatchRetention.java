package dev.sluice.producer.batch;

import dev.sluice.producer.infrastructure.retention.ExpiredRows;
import dev.sluice.producer.infrastructure.retention.RetentionSettings;
import dev.sluice.producer.store.BatchDeletion;
import dev.sluice.producer.store.BatchId;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Deletes finished batches after their retention period: first the result files, so that no client
 * reads an incomplete one, then the tasks in ranges of lines, then the batch.
 */
@Repository
class BatchRetention implements ExpiredRows {
  private static final Logger LOG = LoggerFactory.getLogger(BatchRetention.class);

  private final RetentionSettings settings;
  private final BatchDeletion deletion;
  private final JdbcClient jdbc;
  private final Clock clock;
  private @Nullable Position position;

  BatchRetention(RetentionSettings settings, BatchDeletion deletion, JdbcClient jdbc, Clock clock) {
    this.settings = settings;
    this.deletion = deletion;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Deletes a part of the oldest batch. */
  @Override
  public boolean deleteSome() {
    Duration after = settings.batchesAfter();
    return after != null
        && deletion
            .oldestFinished(clock.instant().minus(after))
            .map(this::deletePart)
            .orElse(false);
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
}
