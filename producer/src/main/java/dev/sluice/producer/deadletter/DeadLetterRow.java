package dev.sluice.producer.deadletter;

import dev.sluice.producer.access.Project;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.UUID;

/** Maps a row of the table {@code dead_letters}. */
final class DeadLetterRow {
  /** The columns that {@link #read} needs. */
  static final String COLUMNS =
      """
      id, state, project, task_id, run, batch_id, correlation_id, custom_id, route, lane, endpoint,
        model, failure_code, failure_detail, status_code, request_id, attempts, throttles, worker,
        died_at, settled_at, refusal\
      """;

  private DeadLetterRow() {}

  static DeadLetter read(ResultSet row, int index) throws SQLException {
    String project = row.getString("project");
    Timestamp resolved = row.getTimestamp("settled_at");
    return new DeadLetter(
        row.getObject("id", UUID.class),
        new DeadLetter.Task(
            project == null ? null : new Project(project),
            row.getString("task_id"),
            row.getInt("run"),
            row.getObject("batch_id", UUID.class),
            row.getString("correlation_id"),
            row.getString("custom_id")),
        new DeadLetter.Request(
            row.getString("route"),
            row.getString("lane"),
            row.getString("endpoint"),
            row.getString("model")),
        new DeadLetter.Failure(
            row.getString("failure_code"),
            row.getString("failure_detail"),
            row.getObject("status_code", Integer.class),
            row.getString("request_id"),
            row.getInt("attempts"),
            row.getInt("throttles"),
            row.getString("worker")),
        row.getTimestamp("died_at").toInstant(),
        new DeadLetter.Resolution(
            DeadLetter.State.ofColumn(row.getString("state")),
            resolved == null ? null : resolved.toInstant(),
            row.getString("refusal")));
  }
}
