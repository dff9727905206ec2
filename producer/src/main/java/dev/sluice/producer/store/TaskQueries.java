package dev.sluice.producer.store;

import dev.sluice.api.task.TaskSummary;
import dev.sluice.api.task.TaskView;
import dev.sluice.common.wire.CallHistory;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds and lists tasks for the API. */
@Repository
public class TaskQueries {
  private static final int MAX_DETAIL_LENGTH = 300;
  private static final int MAX_BODY_BYTES = 256 * 1024;

  /** Counts of preceding tasks are exact up to this number. */
  private static final int MAX_COUNTED = 100_000;

  private static final String COLUMNS =
      """
      t.id, t.line_no, t.custom_id, t.route, t.model, t.state, t.attempts, t.throttles,
        t.status_code, t.cut_off, t.reused, t.missing, t.asks, t.failure_code,
        left(t.failure_detail, %d) as failure_detail,
        t.prompt_tokens, t.completion_tokens, t.latency_ms,
        case when t.state not in ('blocked', 'queued', 'submitted') then t.finished_at end
          as finished_at"""
          .formatted(MAX_DETAIL_LENGTH);

  private final JdbcClient jdbc;

  TaskQueries(JdbcClient jdbc) {
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
  public record Filter(
      @Nullable TaskState state, @Nullable String code, @Nullable String text, long after) {}

  /** The tasks of a batch, ordered by line. */
  public List<TaskSummary> list(BatchId batch, Filter filter, int limit) {
    // Only the conditions in use, with a literal state, so that the planner can use a partial
    // index.
    StringBuilder where = new StringBuilder("t.batch_id = :batch and t.line_no > :after");
    if (filter.state() != null) {
      where.append(" and t.state = '").append(filter.state().wireName()).append('\'');
    }
    if (filter.code() != null) {
      where.append(" and t.state = 'failed' and t.failure_code = :code");
    }
    if (filter.text() != null) {
      where.append(" and position(lower(:text) in lower(t.custom_id)) > 0");
    }
    return jdbc.sql(
            "select %s from tasks t where %s order by t.line_no limit :limit"
                .formatted(COLUMNS, where))
        .param("batch", batch.uuid())
        .param("after", filter.after())
        .param("code", filter.code())
        .param("text", filter.text())
        .param("limit", limit)
        .query(TaskQueries::summary)
        .list();
  }

  /**
   * A task with its request and reply.
   *
   * @param run the current run, from 1. A replay starts the next run, and so does queuing a lost
   *     task again
   * @param history the last calls of the current run
   * @param request the beginning of its body
   * @param reply the beginning of its reply; null until the task completes. While the answer is
   *     made again, and if that fails, the reply before
   */
  public record TaskDetail(
      TaskSummary task,
      BatchId batch,
      int run,
      @Nullable String failureDetail,
      @Nullable String requestId,
      @Nullable String worker,
      CallHistory history,
      TaskView.Content request,
      TaskView.@Nullable Content reply) {}

  public Optional<TaskDetail> find(Project project, UUID id) {
    return jdbc.sql(
            """
            select %s, t.batch_id, t.run, t.failure_detail as full_detail, t.request_id, t.worker,
              t.history,
              octet_length(t.body) as body_bytes, substring(t.body from 1 for :max) as body,
              octet_length(t.reply) as reply_bytes, substring(t.reply from 1 for :max) as reply
            from tasks t join batches b on b.id = t.batch_id
            where t.id = :id and b.project = :project"""
                .formatted(COLUMNS))
        .param("id", id)
        .param("project", project.name())
        .param("max", MAX_BODY_BYTES)
        .query(TaskQueries::detail)
        .optional();
  }

  /** The number of queued tasks of the batch and route before this line, at most 100,000. */
  public long queuedBefore(BatchId batch, String route, long line) {
    return jdbc.sql(
            """
            select count(*) from (
              select from tasks where route = :route and batch_id = :batch and state = 'queued'
                and line_no < :line limit :max) earlier""")
        .param("route", route)
        .param("batch", batch.uuid())
        .param("line", line)
        .param("max", MAX_COUNTED)
        .query(Long.class)
        .single();
  }

  /** The number of failed tasks of a batch with one code. */
  public record FailureCount(UUID batch, String code, long tasks) {}

  /** The failed tasks of the batches by code, the most frequent first. */
  public List<FailureCount> failures(Collection<UUID> batches) {
    return batches.isEmpty()
        ? List.of()
        : jdbc.sql(
                """
                select batch_id as batch, coalesce(failure_code, 'unknown') as code, count(*) as tasks
                from tasks where batch_id in (:ids) and state = 'failed'
                group by batch_id, code order by tasks desc, code""")
            .param("ids", batches)
            .query(SqlValues.rows(FailureCount.class))
            .list();
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
        CallHistory.read(row.getString("history")),
        content(row.getBytes("body"), row.getLong("body_bytes")),
        reply == null ? null : content(reply, row.getLong("reply_bytes")));
  }

  private static TaskView.Content content(byte[] beginning, long bytes) {
    return new TaskView.Content(
        bytes, new String(beginning, StandardCharsets.UTF_8), beginning.length < bytes);
  }

  private static TaskSummary summary(ResultSet row, int index) throws SQLException {
    Timestamp finished = row.getTimestamp("finished_at");
    return new TaskSummary(
        row.getString("id"),
        row.getLong("line_no"),
        row.getString("custom_id"),
        row.getString("route"),
        row.getString("model"),
        TaskState.ofColumn(row.getString("state")).apiName(),
        row.getInt("attempts"),
        row.getInt("throttles"),
        row.getObject("status_code", Integer.class),
        row.getBoolean("cut_off"),
        row.getBoolean("reused"),
        DependentTasks.names(row.getString("missing")),
        row.getObject("asks", Integer.class),
        row.getString("failure_code"),
        row.getString("failure_detail"),
        row.getLong("prompt_tokens"),
        row.getLong("completion_tokens"),
        row.getObject("latency_ms", Long.class),
        finished == null ? null : finished.toInstant().getEpochSecond());
  }
}
