package dev.sluice.producer.store;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.database.SqlValues;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Counts what a project uses of its quotas. */
@Repository
public class ProjectUsage {
  private static final String UNFINISHED =
      "b.project = :project and b.status in ('validating', 'in_progress', 'finalizing', 'cancelling')";

  private static final String QUEUED_TASKS =
      """
      (select coalesce(sum(s.queued + s.submitted + s.blocked), 0) from shares s
        join batches b on b.id = s.batch_id where %s)"""
          .formatted(UNFINISHED);

  /** Uploaded files, and batches: these keep a copy of their lines, unless validation failed. */
  private static final String STORED_BYTES =
      """
      ((select coalesce(sum(f.bytes), 0) from files f
          where f.project = :project and f.batch_id is null)
        + (select coalesce(sum(b.input_bytes), 0) from batches b
          where b.project = :project
            and (b.status = 'validating' or b.in_progress_at is not null)))""";

  private final JdbcClient jdbc;

  ProjectUsage(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The usage of one project.
   *
   * @param batches unfinished batches
   * @param queuedTasks unfinished tasks
   * @param queuedBytes bytes of input to unfinished batches
   * @param storedBytes bytes of uploaded files and of the inputs of batches
   */
  public record Usage(long batches, long queuedTasks, long queuedBytes, long storedBytes) {}

  public Usage of(Project project) {
    return jdbc.sql(
            """
            select (select count(*) from batches b where %1$s) as batches,
              %2$s as queued_tasks,
              (select coalesce(sum(b.input_bytes), 0) from batches b where %1$s) as queued_bytes,
              %3$s as stored_bytes"""
                .formatted(UNFINISHED, QUEUED_TASKS, STORED_BYTES))
        .param("project", project.name())
        .query(SqlValues.rows(Usage.class))
        .single();
  }

  /** The number of unfinished tasks. */
  public long queuedTasks(Project project) {
    return sum(QUEUED_TASKS, project);
  }

  /** The bytes of uploaded files and of the inputs of batches. */
  public long storedBytes(Project project) {
    return sum(STORED_BYTES, project);
  }

  private long sum(String sum, Project project) {
    return jdbc.sql("select " + sum).param("project", project.name()).query(Long.class).single();
  }
}
