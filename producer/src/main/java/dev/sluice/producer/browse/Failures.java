package dev.sluice.producer.browse;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.BatchId;
import java.sql.Types;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the failed tasks of a project, by the index of those alone. */
@Repository
class Failures {
  private final JdbcClient jdbc;

  Failures(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Failures of one kind.
   *
   * @param newest when the last of them ended, in seconds since 1970
   */
  record Group(String route, String code, long tasks, long batches, long newest) {}

  /** The largest first. */
  List<Group> groups(Project project) {
    return jdbc.sql(
            """
            select t.route, coalesce(t.failure_code, 'unknown') as code, count(*) as tasks,
              count(distinct t.batch_id) as batches,
              coalesce(extract(epoch from max(t.finished_at)), 0)::bigint as newest
            from tasks t join batches b on b.id = t.batch_id
            where t.state = 'failed' and b.project = :project
            group by t.route, code order by tasks desc, t.route, code""")
        .param("project", project.name())
        .query(
            (row, index) ->
                new Group(
                    row.getString("route"),
                    row.getString("code"),
                    row.getLong("tasks"),
                    row.getLong("batches"),
                    row.getLong("newest")))
        .list();
  }

  /**
   * Which failures are asked for; null for all.
   *
   * @param text a part of the custom id or of the error
   * @param after the task after which they begin
   */
  record Filter(
      @Nullable String route, @Nullable String code, @Nullable String text, @Nullable UUID after) {}

  /** A failed task, and whose it is. */
  record Failed(TaskLine task, String batchId, @Nullable String batchName) {}

  /** The newest first. */
  List<Failed> list(Project project, Filter filter, int limit) {
    return jdbc.sql(
            "select "
                + Tasks.COLUMNS
                + """
                , t.batch_id, b.metadata ->> 'name' as batch_name
                from tasks t join batches b on b.id = t.batch_id
                where t.state = 'failed' and b.project = :project
                  and (:route::text is null or t.route = :route)
                  and (:code::text is null or t.failure_code = :code)
                  and (:text::text is null
                    or position(lower(:text) in lower(t.custom_id || ' ' || coalesce(t.failure_detail, ''))) > 0)
                  and (:after::uuid is null or t.id < :after)
                order by t.id desc limit :limit""")
        .param("project", project.name())
        .param("route", filter.route())
        .param("code", filter.code())
        .param("text", filter.text())
        .param("after", filter.after(), Types.OTHER)
        .param("limit", limit)
        .query(
            (row, index) ->
                new Failed(
                    Tasks.line(row, index),
                    new BatchId(row.getObject("batch_id", UUID.class)).toString(),
                    row.getString("batch_name")))
        .list();
  }
}
