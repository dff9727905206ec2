package dev.sluice.producer.browse;

import dev.sluice.common.wire.AttemptHistory;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.BatchId;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the tasks of batches. */
@Repository
class Tasks {
  private static final int LONGEST_DETAIL = 300;
  private static final int LONGEST_BODY = 256 * 1024;

  /** A number of tasks before another that is exact up to here. */
  private static final int MOST_COUNTED = 100_000;

  static final String COLUMNS =
      """
      t.id, t.line_no, t.custom_id, t.route, t.model, t.state, t.attempts, t.throttles,
        t.status_code, t.failure_code, left(t.failure_detail, %d) as failure_detail,
        t.prompt_tokens, t.completion_tokens, t.latency_ms, t.finished_at"""
          .formatted(LONGEST_DETAIL);

  private final JdbcClient jdbc;

  Tasks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Which tasks are asked for.
   *
   * @param state null for all
   * @param code a failure code; null for all
   * @param text a part of the custom id; null for all
   * @param after the line after which they begin
   */
  record Filter(@Nullable String state, @Nullable String code, @Nullable String text, long after) {}

  List<TaskSummary> list(BatchId batch, Filter filter, int limit) {
    // Written out by what is asked for, so that the planner sees the partial index.
    StringBuilder where = new StringBuilder("t.batch_id = :batch and t.line_no > :after");
    if (filter.state() != null) {
      where.append(" and t.state = '").append(TaskState.of(filter.state())).append('\'');
    }
    if (filter.code() != null) {
      where.append(" and t.state = 'failed' and t.failure_code = :code");
    }
    if (filter.text() != null) {
      where.append(" and position(lower(:text) in lower(t.custom_id)) > 0");
    }
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from tasks t where "
                + where
                + " order by t.line_no limit :limit")
        .param("batch", batch.uuid())
        .param("after", filter.after())
        .param("code", filter.code())
        .param("text", filter.text())
        .param("limit", limit)
        .query(Tasks::line)
        .list();
  }

  /** A task with what was sent and what came. */
  record TaskDetail(
      TaskSummary task,
      BatchId batch,
      @Nullable String failureDetail,
      @Nullable String requestId,
      @Nullable String worker,
      AttemptHistory history,
      Content request,
      @Nullable Content reply) {}

  /**
   * A body as text.
   *
   * @param bytes how many it has
   * @param text its beginning
   */
  record Content(long bytes, String text, boolean cut) {}

  Optional<TaskDetail> find(Project project, UUID id) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + """
                , t.batch_id, t.failure_detail as whole_detail, t.request_id, t.worker, t.history,
                  octet_length(t.body) as body_bytes, substring(t.body from 1 for :most) as body,
                  octet_length(t.reply) as reply_bytes, substring(t.reply from 1 for :most) as reply
                from tasks t join batches b on b.id = t.batch_id
                where t.id = :id and b.project = :project""")
        .param("id", id)
        .param("project", project.name())
        .param("most", LONGEST_BODY)
        .query(Tasks::whole)
        .optional();
  }

  /** How many tasks of its batch are taken before it. */
  long before(BatchId batch, TaskSummary task) {
    return jdbc.sql(
            """
            select count(*) from (
              select from tasks where route = :route and batch_id = :batch and state = 'queued'
                and line_no < :line limit :most) earlier""")
        .param("route", task.route())
        .param("batch", batch.uuid())
        .param("line", task.line())
        .param("most", MOST_COUNTED)
        .query(Long.class)
        .single();
  }

  private static TaskDetail whole(ResultSet row, int index) throws SQLException {
    byte[] reply = row.getBytes("reply");
    return new TaskDetail(
        line(row, index),
        new BatchId(row.getObject("batch_id", UUID.class)),
        row.getString("whole_detail"),
        row.getString("request_id"),
        row.getString("worker"),
        AttemptHistory.read(row.getString("history")),
        content(row.getBytes("body"), row.getLong("body_bytes")),
        reply == null ? null : content(reply, row.getLong("reply_bytes")));
  }

  private static Content content(byte[] beginning, long bytes) {
    return new Content(
        bytes, new String(beginning, StandardCharsets.UTF_8), beginning.length < bytes);
  }

  static TaskSummary line(ResultSet row, int index) throws SQLException {
    Timestamp finished = row.getTimestamp("finished_at");
    return new TaskSummary(
        row.getString("id"),
        row.getLong("line_no"),
        row.getString("custom_id"),
        row.getString("route"),
        row.getString("model"),
        row.getString("state"),
        row.getInt("attempts"),
        row.getInt("throttles"),
        row.getObject("status_code", Integer.class),
        row.getString("failure_code"),
        row.getString("failure_detail"),
        row.getLong("prompt_tokens"),
        row.getLong("completion_tokens"),
        row.getObject("latency_ms", Long.class),
        finished == null ? null : finished.toInstant().getEpochSecond());
  }
}
