package dev.sluice.producer.quota;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.error.ApiException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The projects' quotas in PostgreSQL. Whoever adds to what a project has asks here behind its own
 * change, in the same transaction: projects with a quota do so one after the other, so that two at
 * once cannot both fit into the last place.
 */
@Repository
public class Quotas {
  private static final String UNFINISHED =
      "b.project = :project and b.status in ('validating', 'in_progress', 'finalizing', 'cancelling')";

  private final JdbcClient jdbc;
  private final QuotaSettings settings;

  Quotas(JdbcClient jdbc, QuotaSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /** What a project may have in place of the settings; null is as they say. */
  record ProjectQuota(
      Project project,
      @Nullable Long batches,
      @Nullable Long queuedTasks,
      @Nullable Long queuedBytes,
      @Nullable Long storedBytes) {

    static ProjectQuota none(Project project) {
      return new ProjectQuota(project, null, null, null, null);
    }

    Quota over(Quota settings) {
      return new Quota(
          batches == null ? settings.batches() : batches,
          queuedTasks == null ? settings.queuedTasks() : queuedTasks,
          queuedBytes == null ? settings.queuedBytes() : queuedBytes,
          storedBytes == null ? settings.storedBytes() : storedBytes);
    }
  }

  /**
   * A batch was made: whether it may stay.
   *
   * @throws ApiException naming the bound that it breaks
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void admitBatch(Project project) {
    Quota most = of(project);
    if (most.batches() > 0 || most.queuedTasks() > 0 || most.queuedBytes() > 0) {
      oneAtATime(project);
      Quota used = used(project);
      refuseBeyond("batches", "unfinished batches", used.batches(), most.batches(), project);
      // Of its own tasks nobody knows before its file is read.
      refuseBeyond(
          "queued_tasks", "unfinished tasks", used.queuedTasks() + 1, most.queuedTasks(), project);
      refuseBeyond(
          "queued_bytes",
          "bytes of input to unfinished batches",
          used.queuedBytes(),
          most.queuedBytes(),
          project);
    }
  }

  /** A batch's tasks were made: why they may not stay; empty where they may. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<String> admitTasks(Project project) {
    long most = of(project).queuedTasks();
    if (most > 0) {
      oneAtATime(project);
      long tasks = used(project).queuedTasks();
      return tasks > most
          ? Optional.of(sentence("unfinished tasks", "queued_tasks", tasks, most, project))
          : Optional.empty();
    }
    return Optional.empty();
  }

  /**
   * A file is there, or is about to be.
   *
   * @param more bytes that come besides
   * @throws ApiException where they are too many
   */
  @Transactional
  public void admitFile(Project project, long more) {
    long most = of(project).storedBytes();
    if (most > 0) {
      oneAtATime(project);
      refuseBeyond(
          "stored_bytes",
          "bytes of uploaded files",
          used(project).storedBytes() + more,
          most,
          project);
    }
  }

  Quota of(Project project) {
    return own(project).over(settings.quota());
  }

  ProjectQuota own(Project project) {
    return jdbc.sql("select * from project_quotas where project = :project")
        .param("project", project.name())
        .query(Quotas::read)
        .optional()
        .orElseGet(() -> ProjectQuota.none(project));
  }

  /** Those of the projects that have one of their own. */
  List<ProjectQuota> list() {
    return jdbc.sql("select * from project_quotas order by project").query(Quotas::read).list();
  }

  void set(ProjectQuota quota) {
    jdbc.sql(
            """
            insert into project_quotas (project, batches, queued_tasks, queued_bytes, stored_bytes)
            values (:project, :batches, :queuedTasks, :queuedBytes, :storedBytes)
            on conflict (project) do update set batches = excluded.batches,
              queued_tasks = excluded.queued_tasks, queued_bytes = excluded.queued_bytes,
              stored_bytes = excluded.stored_bytes""")
        .param("project", quota.project().name())
        .param("batches", quota.batches(), Types.BIGINT)
        .param("queuedTasks", quota.queuedTasks(), Types.BIGINT)
        .param("queuedBytes", quota.queuedBytes(), Types.BIGINT)
        .param("storedBytes", quota.storedBytes(), Types.BIGINT)
        .update();
  }

  /** What it has now. */
  Quota used(Project project) {
    return jdbc.sql(
            """
            select
              (select count(*) from batches b where %1$s) as batches,
              (select coalesce(sum(s.queued + s.submitted), 0) from shares s
                join batches b on b.id = s.batch_id where %1$s) as queued_tasks,
              (select coalesce(sum(f.bytes), 0) from batches b
                join files f on f.id = b.input_file_id and f.project = b.project
                where %1$s) as queued_bytes,
              (select coalesce(sum(f.bytes), 0) from files f
                where f.project = :project and f.batch_id is null) as stored_bytes"""
                .formatted(UNFINISHED))
        .param("project", project.name())
        .query(
            (row, index) ->
                new Quota(
                    row.getLong("batches"),
                    row.getLong("queued_tasks"),
                    row.getLong("queued_bytes"),
                    row.getLong("stored_bytes")))
        .single();
  }

  private void oneAtATime(Project project) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(:name, 0)) is null")
        .param("name", "quota of " + project.name())
        .query(Boolean.class)
        .single();
  }

  private static void refuseBeyond(
      String name, String what, long used, long most, Project project) {
    if (most > 0 && used > most) {
      throw ApiException.projectQuotaExceeded(sentence(what, name, used, most, project), name);
    }
  }

  private static String sentence(String what, String name, long used, long most, Project project) {
    return "Project '%s' would have %d %s; its quota is %d (%s). Wait for some to end, or ask the administrator for more: `sluice quota set`."
        .formatted(project.name(), used, what, most, name);
  }

  private static ProjectQuota read(ResultSet row, int index) throws SQLException {
    return new ProjectQuota(
        new Project(row.getString("project")),
        row.getObject("batches", Long.class),
        row.getObject("queued_tasks", Long.class),
        row.getObject("queued_bytes", Long.class),
        row.getObject("stored_bytes", Long.class));
  }
}
