package dev.sluice.producer.batch.output;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** Maps rows of the table {@code tasks}. */
final class FinishedTasks {
  static final String COLUMNS =
      "id, line_no, custom_id, state, status_code, request_id, cut_off, reused, asks, accepted, reply, failure_code, failure_detail";

  private FinishedTasks() {}

  static FinishedTask read(ResultSet row, int index) throws SQLException {
    return new FinishedTask(
        row.getObject("id", UUID.class),
        row.getLong("line_no"),
        row.getString("custom_id"),
        row.getString("state"),
        row.getObject("status_code", Integer.class),
        row.getString("request_id"),
        row.getBoolean("cut_off"),
        row.getBoolean("reused"),
        row.getObject("asks", Integer.class),
        row.getBoolean("accepted"),
        row.getBytes("reply"),
        row.getString("failure_code"),
        row.getString("failure_detail"));
  }
}
