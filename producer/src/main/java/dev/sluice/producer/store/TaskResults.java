package dev.sluice.producer.store;

import dev.sluice.producer.infrastructure.database.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads the finished tasks of a batch: by line for its files, and in the order in which they
 * finished.
 */
@Repository
public class TaskResults {
  private static final long MAX_BYTES = 4L * 1024 * 1024;
  private static final String COLUMNS =
      "id, line_no, custom_id, state, status_code, request_id, cut_off, reused, asks, accepted, reply, failure_code, failure_detail, missing";

  private static final String MADE_AGAIN =
      "state in ('blocked', 'queued', 'submitted') and reply is not null";

  private final JdbcClient jdbc;

  TaskResults(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The last line number of the batch; 0 without tasks. */
  public long lastLine(UUID batch) {
    return TaskLines.last(jdbc, batch);
  }

  /** A finished task, and the size of its reply or error in bytes. */
  public record FinishedLine(String id, long size) {}

  /**
   * The finished tasks in a range of lines, those that completed or all others. A task whose answer
   * is made again counts as completed.
   */
  public List<FinishedLine> finished(UUID batch, long after, long upTo, boolean completed) {
    return jdbc.sql(
            """
            select id, coalesce(octet_length(reply), 0) + coalesce(octet_length(failure_detail), 0)
              as size from tasks
            where batch_id = :batch and line_no > :after and line_no <= :upTo and %s
            order by line_no"""
                .formatted(
                    completed
                        ? "(state = 'completed' or %s)".formatted(MADE_AGAIN)
                        : "state in ('failed', 'expired', 'cancelled')"))
        .param("batch", batch)
        .param("after", after)
        .param("upTo", upTo)
        .query(SqlValues.rows(FinishedLine.class))
        .list();
  }

  /** Reads finished tasks, ordered by line. */
  public List<FinishedTask> read(List<String> ids) {
    return jdbc.sql(
            "select %s from tasks where id = any(:ids::uuid[]) order by line_no".formatted(COLUMNS))
        .param("ids", SqlValues.array(ids))
        .query(TaskResults::task)
        .list();
  }

  /**
   * A result and its position.
   *
   * @param cursor the position, for the next request
   */
  public record Result(ResultCursor cursor, FinishedTask task) {}

  /**
   * The next results in the order in which the tasks finished: at most 4 MiB of replies and errors,
   * or one result. A result that is committed later comes later in the order. A replayed task is
   * removed from the order, and added again with its new result.
   *
   * @param limit the maximum number of results
   */
  public List<Result> after(UUID batch, ResultCursor cursor, int limit) {
    record Position(String id, long number, long size) {}
    List<Position> found =
        jdbc.sql(
                """
                select id, result_no as number, coalesce(octet_length(reply), 0)
                  + coalesce(octet_length(failure_detail), 0) as size
                from tasks
                where batch_id = :batch and finished_at is not null
                  and (result_no, line_no) > (:number, :line)
                order by result_no, line_no limit :limit""")
            .param("batch", batch)
            .param("number", cursor.number())
            .param("line", cursor.line())
            .param("limit", limit)
            .query(SqlValues.rows(Position.class))
            .list();
    List<Position> next = ByteLimit.first(found, Position::size, MAX_BYTES);
    return next.isEmpty()
        ? List.of()
        : read(next.stream().map(Position::id).toList(), next.getLast().number());
  }

  /** Without results that were replaced after the first query: their places are later. */
  private List<Result> read(List<String> ids, long last) {
    return jdbc.sql(
            """
            select result_no, %s from tasks
            where id = any(:ids::uuid[]) and finished_at is not null and result_no <= :last
            order by result_no, line_no"""
                .formatted(COLUMNS))
        .param("ids", SqlValues.array(ids))
        .param("last", last)
        .query(
            (row, index) -> {
              FinishedTask task = task(row, index);
              return new Result(new ResultCursor(row.getLong("result_no"), task.line()), task);
            })
        .list();
  }

  private static FinishedTask task(ResultSet row, int index) throws SQLException {
    return new FinishedTask(
        row.getObject("id", UUID.class),
        row.getLong("line_no"),
        row.getString("custom_id"),
        row.getString("state"),
        response(row),
        row.getBoolean("cut_off"),
        row.getBoolean("reused"),
        check(row),
        row.getString("failure_code"),
        row.getString("failure_detail"),
        DependentTasks.names(row.getString("missing")));
  }

  private static FinishedTask.Response response(ResultSet row) throws SQLException {
    return new FinishedTask.Response(
        row.getObject("status_code", Integer.class),
        row.getString("request_id"),
        row.getBytes("reply"));
  }

  private static FinishedTask.@Nullable Check check(ResultSet row) throws SQLException {
    Integer answers = row.getObject("asks", Integer.class);
    return answers == null ? null : new FinishedTask.Check(answers, row.getBoolean("accepted"));
  }
}
