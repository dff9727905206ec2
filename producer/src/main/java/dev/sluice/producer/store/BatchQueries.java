package dev.sluice.producer.store;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.access.ProjectScope;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds and lists batches. */
@Repository
public class BatchQueries {
  /** The texts of a batch are few and short; the tasks are found with their indexes. */
  private static final String MATCHES_TEXT =
      """
      (position(lower(:text) in 'batch_' || replace(id::text, '-', '')) > 0
        or exists (select from jsonb_each_text(metadata) as entry
          where position(lower(:text) in lower(entry.value)) > 0)
        or id in (select batch_id from tasks where custom_id = :text
          and hashtextextended(custom_id, 0) = hashtextextended(:text, 0))
        or id = (select batch_id from tasks where id = :task::uuid))""";

  private final JdbcClient jdbc;

  BatchQueries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public Optional<Batch> find(Project project, BatchId id) {
    return jdbc.sql("select * from batches where id = :id and project = :project")
        .param("id", id.uuid())
        .param("project", project.name())
        .query(BatchRowMapper::read)
        .optional();
  }

  /** The batch that a request with this idempotency key created. */
  public Optional<Batch> find(Project project, String idempotencyKey) {
    return jdbc.sql("select * from batches where idempotency_key = :key and project = :project")
        .param("key", idempotencyKey)
        .param("project", project.name())
        .query(BatchRowMapper::read)
        .optional();
  }

  /**
   * The visible batches, newest first.
   *
   * @param after only batches that are older than this one; null for all
   */
  public List<Batch> list(ProjectScope projectScope, @Nullable BatchId after, int limit) {
    return list(projectScope, after, null, limit);
  }

  /**
   * The visible batches that match a search, newest first.
   *
   * @param text a part of the id, of the name or of another value of the metadata, or the whole
   *     custom id or id of a task; null for all batches
   */
  public List<Batch> list(
      ProjectScope projectScope, @Nullable BatchId after, @Nullable String text, int limit) {
    // One statement per kind of scope and search, so that the planner uses the index for it.
    return jdbc.sql(
            """
            select * from batches
            where %s %s (:after::uuid is null or (created_at, id) <
              (select b.created_at, b.id from batches b where b.id = :after))
            order by created_at desc, id desc limit :limit"""
                .formatted(
                    projectScope.only() == null ? "" : "project = :project and",
                    text == null ? "" : MATCHES_TEXT + " and"))
        .param("project", projectScope.name())
        .param("after", after == null ? null : after.uuid())
        .param("text", text)
        .param("task", text == null ? null : SqlValues.uuid(text).orElse(null))
        .param("limit", limit)
        .query(BatchRowMapper::read)
        .list();
  }

  /** The oldest batches whose tasks have all finished, and whose result files are not stored. */
  public List<Batch> finalizing(int limit) {
    return jdbc.sql("select * from batches where status = :status order by created_at limit :limit")
        .param("status", BatchStatus.FINALIZING.wireName())
        .param("limit", limit)
        .query(BatchRowMapper::read)
        .list();
  }

  /** A batch whose input is not validated yet. */
  public record Unvalidated(BatchId id, Project project) {}

  /** Some unvalidated batches of each project, oldest first. */
  public List<Unvalidated> unvalidated(int limitPerProject) {
    return jdbc.sql(
            """
            select id, project from (
              select id, project, created_at,
                row_number() over (partition by project order by created_at, id) as place
              from batches where status = 'validating') waiting
            where place <= :limit order by created_at, id""")
        .param("limit", limitPerProject)
        .query(
            (row, index) ->
                new Unvalidated(
                    new BatchId(row.getObject("id", UUID.class)),
                    new Project(row.getString("project"))))
        .list();
  }

  /** The batches in progress that a budget limits or has paused, unless paused manually. */
  public List<Batch> withBudget() {
    return jdbc.sql(
            """
            select b.* from batches b left join project_budgets p on p.project = b.project
            where b.status = 'in_progress' and coalesce(b.paused_by, '') <> 'hand'
              and (b.budget is not null or p.dollars is not null or b.paused_by is not null)""")
        .query(BatchRowMapper::read)
        .list();
  }

  /**
   * The number of unfinished batches.
   *
   * @param running with those that are cancelled
   * @param paused unfinished batches that are paused; in no other number
   */
  public record Unfinished(long validating, long running, long finalizing, long paused) {
    public static final Unfinished NONE = new Unfinished(0, 0, 0, 0);
  }

  public Unfinished countUnfinished() {
    return jdbc.sql(
            """
            select count(*) filter (where status = 'validating' and paused_at is null) as validating,
              count(*) filter (where status = 'cancelling'
                or status = 'in_progress' and paused_at is null) as running,
              count(*) filter (where status = 'finalizing') as finalizing,
              count(*) filter (where status in ('validating', 'in_progress')
                and paused_at is not null) as paused
            from batches where status in ('validating', 'in_progress', 'finalizing', 'cancelling')""")
        .query(SqlValues.rows(Unfinished.class))
        .single();
  }
}
