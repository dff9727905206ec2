package dev.sluice.producer.overview.browse;

import dev.sluice.api.task.TaskSummary;
import dev.sluice.api.task.TaskView;
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

/** Reads the tasks of batches from PostgreSQL. */
@Repository
class Tasks {
  private static final int MAX_DETAIL_LENGTH = 300;
  private static final int MAX_BODY_BYTES = 256 * 1024;

  /** Counts of preceding tasks are exact up to this number. */
  private static final int MAX_COUNTED = 100_000;

  static final String COLUMNS =
      """
      t.id, t.line_no, t.custom_id, t.route, t.model, t.state, t.attempts, t.throttles,
        t.status_code, t.cut_off, t.asks, t.failure_code, left(t.failure_detail, %d) as failure_detail,
        t.prompt_tokens, t.completion_tokens, t.latency_ms, t.finished_at"""
          .formatted(MAX_DETAIL_LENGTH);

  private final JdbcClient jdbc;

  Tasks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Selects tasks of a batch.
   *
   * @param state null for all
   * @param code a failure code; null for all
   * @param text substring of the custom id, case-insensitive; null for all
   * @param after only tasks after this line number
   */
  record Filter(@Nullable String state, @Nullable String code, @Nullable String text, long after) {}

  List<TaskSummary> list(BatchId batch, Filter filter, int limit) {
    // Only the conditions in use, with a literal state, so that the planner can use a partial
    // index.
    StringBuilder where = new StringBuilder("t.batch_id = :batch and t.line_no > :after");
    if (filter.state() != null) {
      where.append(" and t.state = '").append(TaskState.checked(filter.state())).append('\'');
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
        .query(Tasks::summary)
        .list();
  }

  /**
   * A task with its request and reply.
   *
   * @param run the current run, from 1. A replay starts the next run, and so does queuing a lost
   *     task again
   * @param history the last attempts of the current run
   * @param reply null until the task completes
   */
  record TaskDetail(
      TaskSummary task,
      BatchId batch,
      int run,
      @Nullable String failureDetail,
      @Nullable String requestId,
      @Nullable String worker,
      AttemptHistory history,
      TaskView.Content request,
      TaskView.@Nullable Content reply) {}

  Optional<TaskDetail> find(Project project, UUID id) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + """
                , t.batch_id, t.run, t.failure_detail as full_detail, t.request_id, t.worker, t.history,
                  octet_length(t.body) as body_bytes, substring(t.body from 1 for :max) as body,
                  octet_length(t.reply) as reply_bytes, substring(t.reply from 1 for :max) as reply
                from tasks t join batches b on b.id = t.batch_id
                where t.id = :id and b.project = :project""")
        .param("id", id)
        .param("project", project.name())
        .param("max", MAX_BODY_BYTES)
        .query(Tasks::detail)
        .optional();
  }

  /** Returns how many queued tasks of the batch are dispatched before this one, at most 100,000. */
  long before(BatchId batch, TaskSummary task) {
    return jdbc.sql(
            """
            select count(*) from (
              select from tasks where route = :route and batch_id = :batch and state = 'queued'
                and line_no < :line limit :max) earlier""")
        .param("route", task.route())
        .param("batch", batch.uuid())
        .param("line", task.line())
        .param("max", MAX_COUNTED)
        .query(Long.class)
        .single();
  }

  private static TaskDetail detail(ResultSet row, int index) throws SQLException {
    byte[] reply = row.getBytes("reply");
    return new TaskDetail(
        summary(row, index),
        new BatchId(row.getObject("batch_id", UUID.class)),
        row.getInt("run"),
        row.getString("full_detail"),
        row.getString("request_id"),
        row.getString("worker"),
        AttemptHistory.read(row.getString("history")),
        content(row.getBytes("body"), row.getLong("body_bytes")),
        reply == null ? null : content(reply, row.getLong("reply_bytes")));
  }

  private static TaskView.Content content(byte[] beginning, long bytes) {
    return new TaskView.Content(
        bytes, new String(beginning, StandardCharsets.UTF_8), beginning.length < bytes);
  }

  static TaskSummary summary(ResultSet row, int index) throws SQLException {
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
        row.getBoolean("cut_off"),
        row.getObject("asks", Integer.class),
        row.getString("failure_code"),
        row.getString("failure_detail"),
        row.getLong("prompt_tokens"),
        row.getLong("completion_tokens"),
        row.getObject("latency_ms", Long.class),
        finished == null ? null : finished.toInstant().getEpochSecond());
  }
}
