package dev.sluice.producer.store;

import dev.sluice.producer.infrastructure.database.SqlValues;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Deletes finished batches: first the tasks in ranges of lines, then the batch. Each statement is
 * its own transaction and locks only the rows that it deletes.
 */
@Repository
public class BatchDeletion {
  private final JdbcClient jdbc;

  BatchDeletion(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The batch that finished first, of those without unfinished tasks; empty if it is younger. */
  public Optional<UUID> oldestFinished(Instant before) {
    return jdbc.sql(
            """
            select id from batches b
            where coalesce(completed_at, failed_at, expired_at, cancelled_at) <= :before
              and status in ('completed', 'failed', 'expired', 'cancelled') and not exists
              (select from shares s where s.batch_id = b.id
                and (s.queued > 0 or s.submitted > 0 or s.blocked > 0))
            order by coalesce(completed_at, failed_at, expired_at, cancelled_at) limit 1""")
        .param("before", SqlValues.at(before))
        .query(UUID.class)
        .optional();
  }

  /** The line numbers of a batch's first and last task; 0 without tasks. */
  public record Lines(long first, long last) {}

  public Lines lines(UUID batch) {
    return new Lines(TaskLines.first(jdbc, batch), TaskLines.last(jdbc, batch));
  }

  /** Deletes the tasks in a range of lines, so that no query plan can read more. */
  public void deleteTasks(UUID batch, long first, long end) {
    jdbc.sql(
            """
            delete from tasks where id = any(array(
              select id from tasks
              where batch_id = :batch and line_no >= :first and line_no < :end
              for update skip locked))""")
        .param("batch", batch)
        .param("first", first)
        .param("end", end)
        .update();
  }

  /** Deletes a batch without tasks; false while it has some, because they were locked. */
  public boolean deleteEmpty(UUID batch) {
    jdbc.sql("delete from dependents where batch_id = :batch").param("batch", batch).update();
    jdbc.sql("delete from shares where batch_id = :batch").param("batch", batch).update();
    return jdbc.sql(
                """
                delete from batches b where id = :batch
                  and not exists (select from tasks t where t.batch_id = b.id)""")
            .param("batch", batch)
            .update()
        == 1;
  }
}
