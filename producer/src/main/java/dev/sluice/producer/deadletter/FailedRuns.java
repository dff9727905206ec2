package dev.sluice.producer.deadletter;

import dev.sluice.api.task.TaskView;
import dev.sluice.common.wire.CallHistory;
import dev.sluice.producer.store.BatchId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
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
   * Returns the failed runs of a batch's task before this run, the oldest first. A run is missing
   * if its dead letter was deleted, if its task was lost and queued again, or if its answer was
   * made again.
   */
  public List<TaskView.FailedRun> before(int run, String task, BatchId batch) {
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

  private static TaskView.FailedRun read(ResultSet row, int index) throws SQLException {
    return new TaskView.FailedRun(
        row.getInt("run"),
        row.getString("id"),
        row.getString("failure_code"),
        row.getObject("status_code", Integer.class),
        row.getInt("attempts"),
        row.getInt("throttles"),
        row.getTimestamp("died_at").toInstant().getEpochSecond(),
        TaskCalls.of(CallHistory.read(row.getString("history"))));
  }
}
