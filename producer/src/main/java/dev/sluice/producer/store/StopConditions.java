package dev.sluice.producer.store;

import dev.sluice.api.batch.StopReason;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.time.Clock;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Pauses batches whose stop condition is met. */
@Repository
public class StopConditions {
  private final JdbcClient jdbc;
  private final Clock clock;

  StopConditions(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Pauses the batch if its stop condition is met; true if it did. A batch is stopped once: after
   * it is resumed, its condition no longer applies. The caller's transaction has counted the tasks.
   *
   * @param added the tasks that have just finished
   */
  public boolean apply(LockedBatches locked, BatchId id, OutcomeCounts added) {
    Optional<Batch> failing =
        added.failed() == 0 ? Optional.empty() : stoppable(id).filter(batch -> isMet(batch, added));
    failing.ifPresent(batch -> stop(locked, batch, reason(batch)));
    return failing.isPresent();
  }

  private Optional<Batch> stoppable(BatchId id) {
    return jdbc.sql(
            """
            select * from batches where id = :id and status = 'in_progress'
              and stop_after is not null and stop_reason is null and paused_at is null""")
        .param("id", id.uuid())
        .query(BatchRowMapper::read)
        .optional();
  }

  private static boolean isMet(Batch batch, OutcomeCounts added) {
    Batch.Counts counts = batch.counts();
    StopCondition condition = batch.definition().stopAfter();
    return condition != null
        && condition.isMet(
            counts.failed(),
            counts.finished() - counts.reused() - added.finished(),
            counts.total() - counts.reused());
  }

  private StopReason reason(Batch batch) {
    Batch.Counts counts = batch.counts();
    return jdbc.sql(
            """
            select coalesce(failure_code, 'unknown') as code,
              coalesce(mode() within group (order by failure_detail), '') as detail
            from (
              select failure_code, left(failure_detail, 4000) as failure_detail
              from tasks where batch_id = :id and state = 'failed' limit 1000) sample
            group by failure_code order by count(*) desc, failure_code limit 1""")
        .param("id", batch.id().uuid())
        .query(
            (row, index) ->
                StopReasons.of(
                    counts.failed(),
                    counts.finished(),
                    row.getString("code"),
                    row.getString("detail")))
        .single();
  }

  private void stop(LockedBatches locked, Batch batch, StopReason reason) {
    jdbc.sql(
            """
            update batches set paused_at = :now, paused_by = :by, stopped = true,
              stop_reason = :reason::jsonb
            where id = :id""")
        .param("id", locked.require(batch.id().uuid()))
        .param("now", SqlValues.now(clock))
        .param("by", PauseReason.STOP_AFTER.column())
        .param("reason", StopReasons.json(reason))
        .update();
  }
}
