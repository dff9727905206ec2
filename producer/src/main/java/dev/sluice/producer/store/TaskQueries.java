package dev.sluice.producer.store;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds and lists tasks, for people. */
@Repository
public class TaskQueries {
  private static final int MAX_DETAIL_LENGTH = 300;

  /** Counts of preceding tasks are exact up to this number. */
  private static final int MAX_COUNTED = 100_000;

  private static final String COLUMNS =
      """
      t.id, t.line_no, t.custom_id, t.route, t.model, t.state, t.attempts, t.throttles,
        t.status_code, t.cut_off, t.asks, t.failure_code, left(t.failure_detail, %d) as failure_detail,
        t.prompt_tokens, t.completion_tokens, t.latency_ms, t.finished_at"""
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

  /** The tasks of a batch, ordered by line; the mapper reads the columns of the table. */
  public <T> List<T> list(BatchId batch, Filter filter, int limit, RowMapper<T> mapper) {
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
        .query(mapper)
        .list();
  }

  /**
   * One task. The mapper also reads {@code full_detail}, the beginning of {@code body} and {@code
   * reply}, and their sizes {@code body_bytes} and {@code reply_bytes}.
   *
   * @param maxBytes maximum size of each beginning
   */
  public <T> Optional<T> find(Project project, UUID id, int maxBytes, RowMapper<T> mapper) {
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
        .param("max", maxBytes)
        .query(mapper)
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
}
