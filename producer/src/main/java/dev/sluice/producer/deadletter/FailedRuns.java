package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.Attempt;
import dev.sluice.common.wire.AttemptHistory;
import dev.sluice.producer.store.BatchId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the failed runs of a task, which are its dead letters. */
@Repository
public class FailedRuns {
  private final JdbcClient jdbc;

  FailedRuns(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A failed run as the API returns it.
   *
   * @param run from 1
   * @param deadLetterId its dead letter
   * @param failureCode the reason of the failure
   * @param statusCode HTTP status of the last attempt; null if there is none
   * @param attempts attempts of this run
   * @param throttles rate-limited calls of this run
   * @param failedAt when the dead letter was stored, Unix seconds, UTC
   * @param history the last attempts of this run, the oldest first
   */
  public record FailedRun(
      int run,
      String deadLetterId,
      String failureCode,
      @Nullable Integer statusCode,
      int attempts,
      int throttles,
      long failedAt,
      List<Attempt> history) {

    public FailedRun {
      history = List.copyOf(history);
    }
  }

  /**
   * Returns the failed runs of a batch's task before this run, the oldest first. A run is missing
   * if its dead letter was deleted, or if its task was lost and queued again.
   */
  public List<FailedRun> before(int run, String task, BatchId batch) {
    // A run may have several dead letters; the replayed one started the next run.
    return jdbc.sql(
            """
            select distinct on (run) run, id, failure_code, status_code, attempts, throttles,
              died_at, history
            from dead_letters where task_id = :task and batch_id = :batch and run < :run
            order by run, state = 'replayed' desc, id""")
        .param("task", task)
        .param("batch", batch.uuid())
        .param("run", run)
        .query(FailedRuns::read)
        .list();
  }

  private static FailedRun read(ResultSet row, int index) throws SQLException {
    return new FailedRun(
        row.getInt("run"),
        row.getString("id"),
        row.getString("failure_code"),
        row.getObject("status_code", Integer.class),
        row.getInt("attempts"),
        row.getInt("throttles"),
        row.getTimestamp("died_at").toInstant().getEpochSecond(),
        AttemptHistory.read(row.getString("history")).attempts());
  }
}
