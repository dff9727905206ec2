package dev.sluice.producer.retain;

import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
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
 * Takes away batches that ended long ago: their files first, so that nobody reads half of one, then
 * their tasks a few at a time, then the batch. And dead letters that were settled long ago, a few
 * at a time. Each step is a transaction of its own and locks nothing but the rows that go.
 */
@Component
class Retention extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final int A_FEW = 1000;
  private static final String ENDED =
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
    boolean more = after != null && step(clock.instant().minus(after));
    Duration letters = settings.deadLettersAfter();
    boolean moreLetters = !letters.isZero() && dropLetters(clock.instant().minus(letters));
    return more || moreLetters;
  }

  /** What was done with a letter goes with it; true where there may be more. */
  private boolean dropLetters(Instant before) {
    int jobs = drop("dead_jobs", "state <> 'running'", "ended_at", before);
    int letters = drop("dead_letters", "state <> 'dead'", "settled_at", before);
    return jobs == A_FEW || letters == A_FEW;
  }

  private int drop(String table, String over, String since, Instant before) {
    return jdbc.sql(
            """
            delete from %1$s where id = any(array(
              select id from %1$s where %2$s and %3$s <= :before order by %3$s limit :few
              for update skip locked))"""
                .formatted(table, over, since))
        .param("before", before.atOffset(ZoneOffset.UTC))
        .param("few", A_FEW)
        .update();
  }

  /** Takes away a little; true where there may be more. */
  boolean step(Instant before) {
    return oldest(before).map(this::shrink).orElse(false);
  }

  private Optional<UUID> oldest(Instant before) {
    return jdbc.sql(
            "select id from batches b where "
                + ENDED
                + " order by coalesce(completed_at, failed_at, expired_at, cancelled_at) limit 1")
        .param("before", before.atOffset(ZoneOffset.UTC))
        .query(UUID.class)
        .optional();
  }

  /**
   * Deletes the tasks of the next range of lines: no plan for such a statement can read more. True
   * where there may be more.
   */
  private boolean shrink(UUID batch) {
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
        .param("end", from.line() + A_FEW)
        .update();
    position = new Position(batch, from.line() + A_FEW, from.last());
    if (position.line() <= position.last()) {
      return true;
    }
    position = null; // what was locked is deleted at another time
    return forget(batch);
  }

  /**
   * Where the deletion of a batch is.
   *
   * @param line the next one
   * @param last the last one of the batch
   */
  private record Position(UUID batch, long line, long last) {}

  private Position firstLine(UUID batch) {
    return new Position(batch, edge(batch, "asc"), edge(batch, "desc"));
  }

  private long edge(UUID batch, String order) {
    return jdbc.sql(
            "select line_no from tasks where batch_id = :batch order by line_no %s limit 1"
                .formatted(order))
        .param("batch", batch)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** False where somebody still holds a task of it: later, then. */
  private boolean forget(UUID batch) {
    jdbc.sql("delete from shares where batch_id = :batch").param("batch", batch).update();
    int gone =
        jdbc.sql(
                """
                delete from batches b where id = :batch
                  and not exists (select from tasks t where t.batch_id = b.id)""")
            .param("batch", batch)
            .update();
    if (gone == 1) {
      BatchId id = new BatchId(batch);
      LOG.atInfo().addKeyValue("batch", id).log("Batch {} was old and is taken away", id);
    }
    return gone == 1;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
