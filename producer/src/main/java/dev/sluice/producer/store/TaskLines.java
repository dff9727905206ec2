package dev.sluice.producer.store;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The first and the last line number of a batch's tasks; 0 without tasks. */
final class TaskLines {
  private TaskLines() {}

  static long first(JdbcClient jdbc, UUID batch) {
    return line(jdbc, batch, "asc");
  }

  static long last(JdbcClient jdbc, UUID batch) {
    return line(jdbc, batch, "desc");
  }

  private static long line(JdbcClient jdbc, UUID batch, String order) {
    return jdbc.sql(
            "select line_no from tasks where batch_id = :batch order by line_no %s limit 1"
                .formatted(order))
        .param("batch", batch)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }
}
