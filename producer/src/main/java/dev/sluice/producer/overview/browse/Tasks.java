package dev.sluice.producer.overview.browse;

import dev.sluice.api.task.TaskSummary;
import dev.sluice.api.task.TaskView;
import dev.sluice.common.wire.AttemptHistory;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.TaskQueries;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Maps tasks of batches to those of the API. */
@Component
class Tasks {
  private static final int MAX_BODY_BYTES = 256 * 1024;

  private final TaskQueries tasks;

  Tasks(TaskQueries tasks) {
    this.tasks = tasks;
  }

  List<TaskSummary> list(BatchId batch, TaskQueries.Filter filter, int limit) {
    return tasks.list(batch, filter, limit, Tasks::summary);
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
    return tasks.find(project, id, MAX_BODY_BYTES, Tasks::detail);
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
