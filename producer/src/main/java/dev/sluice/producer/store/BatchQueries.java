package dev.sluice.producer.store;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.access.ProjectScope;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds and lists batches. */
@Repository
public class BatchQueries {
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
    // One statement per kind of scope, so that the planner uses the index for it.
    return jdbc.sql(
            """
            select * from batches
            where %s (:after::uuid is null or (created_at, id) <
              (select b.created_at, b.id from batches b where b.id = :after))
            order by created_at desc, id desc limit :limit"""
                .formatted(projectScope.only() == null ? "" : "project = :project and"))
        .param("project", projectScope.name())
        .param("after", after == null ? null : after.uuid())
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

  /** The number of unfinished batches by status; a status without batches is absent. */
  public Map<BatchStatus, Long> countUnfinished() {
    Map<BatchStatus, Long> batches = new HashMap<>();
    jdbc.sql(
            """
            select status, count(*) as count from batches
            where status in ('validating', 'in_progress', 'finalizing', 'cancelling')
            group by status""")
        .query(
            row -> {
              batches.put(BatchStatus.fromWire(row.getString("status")), row.getLong("count"));
            });
    return batches;
  }
}
