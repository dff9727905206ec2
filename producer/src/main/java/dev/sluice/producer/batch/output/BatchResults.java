package dev.sluice.producer.batch.output;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads the results of a batch in the order in which its tasks ended, also while it runs. A result
 * that is committed later comes later in the order. A replayed task leaves the order, and comes
 * back with a new result.
 */
@Component
class BatchResults {
  private static final long MAX_BYTES = 4L * 1024 * 1024;
  private static final String NEXT =
      """
      select id, result_no, coalesce(octet_length(reply), 0)
        + coalesce(octet_length(failure_detail), 0) as size
      from tasks
      where batch_id = :batch and finished_at is not null
        and (result_no, line_no) > (:number, :line)
      order by result_no, line_no limit :limit""";

  /** Without results that were replaced after the first query: their places are later. */
  private static final String CONTENT =
      """
      select result_no, %s from tasks
      where id = any(:ids::uuid[]) and finished_at is not null and result_no <= :last
      order by result_no, line_no"""
          .formatted(FinishedTasks.COLUMNS);

  private final JdbcClient jdbc;

  BatchResults(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A result and its position.
   *
   * @param cursor the position, for the next request
   */
  record Result(ResultCursor cursor, FinishedTask task) {}

  /**
   * The next results: at most 4 MiB of replies and errors, or one result.
   *
   * @param limit the maximum number of results
   */
  List<Result> after(UUID batch, ResultCursor cursor, int limit) {
    record Position(String id, long number, long size) {}
    List<Position> found =
        jdbc.sql(NEXT)
            .param("batch", batch)
            .param("number", cursor.number())
            .param("line", cursor.line())
            .param("limit", limit)
            .query(
                (row, index) ->
                    new Position(
                        row.getString("id"), row.getLong("result_no"), row.getLong("size")))
            .list();
    List<String> ids = new ArrayList<>();
    long bytes = 0;
    long last = 0;
    for (Position position : found) {
      bytes += position.size();
      if (!ids.isEmpty() && bytes > MAX_BYTES) {
        break;
      }
      ids.add(position.id());
      last = position.number();
    }
    return ids.isEmpty() ? List.of() : read(ids, last);
  }

  private List<Result> read(List<String> ids, long last) {
    return jdbc.sql(CONTENT)
        .param("ids", "{" + String.join(",", ids) + "}")
        .param("last", last)
        .query(
            (row, index) -> {
              FinishedTask task = FinishedTasks.read(row, index);
              return new Result(new ResultCursor(row.getLong("result_no"), task.line()), task);
            })
        .list();
  }
}
