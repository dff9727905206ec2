package dev.sluice.producer.quota;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.store.ProjectUsage;
import dev.sluice.producer.web.ApiException;
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
 * Stores the projects' quotas in PostgreSQL and enforces them. Callers check the quota after their
 * own insert, in the same transaction. An advisory lock serializes the checks of a project, so that
 * two concurrent requests cannot both use the last part of the quota.
 */
@Repository
public class Quotas {
  private final JdbcClient jdbc;
  private final ProjectUsage usage;
  private final QuotaSettings settings;

  Quotas(JdbcClient jdbc, ProjectUsage usage, QuotaSettings settings) {
    this.jdbc = jdbc;
    this.usage = usage;
    this.settings = settings;
  }

  /** The quota of a project; null for the value of the settings. */
  record ProjectQuota(
      Project project,
      @Nullable Long batches,
      @Nullable Long queuedTasks,
      @Nullable Long queuedBytes,
      @Nullable Long storedBytes) {

    static ProjectQuota none(Project project) {
      return new ProjectQuota(project, null, null, null, null);
    }

    Quota orElse(Quota settings) {
      return new Quota(
          batches == null ? settings.batches() : batches,
          queuedTasks == null ? settings.queuedTasks() : queuedTasks,
          queuedBytes == null ? settings.queuedBytes() : queuedBytes,
          storedBytes == null ? settings.storedBytes() : storedBytes);
    }
  }

  /**
   * Checks the quota after a batch was inserted.
   *
   * @throws ApiException 429 if the project exceeds its quota
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void admitBatch(Project project) {
    Quota limits = of(project);
    if (!limits.equals(Quota.NONE)) {
      lock(project);
      Quota used = used(project);
      rejectAbove("batches", "unfinished batches", used.batches(), limits.batches(), project);
      // The number of its own tasks is unknown until its file is read, so count one.
      rejectAbove(
          "queued_tasks",
          "unfinished tasks",
          used.queuedTasks() + 1,
          limits.queuedTasks(),
          project);
      rejectAbove(
          "queued_bytes",
          "bytes of input to unfinished batches",
          used.queuedBytes(),
          limits.queuedBytes(),
          project);
      rejectAboveStored(used.storedBytes(), limits.storedBytes(), project);
    }
  }

  /** The number of tasks that the project may add at present. */
  public long remainingTasks(Project project) {
    long limit = of(project).queuedTasks();
    return limit > 0 ? Math.max(0, limit - usage.queuedTasks(project)) : Long.MAX_VALUE;
  }

  /**
   * The error for tasks beyond the quota.
   *
   * @param excess the number of tasks beyond {@link #remainingTasks}
   */
  public String tooManyTasks(Project project, long excess) {
    long limit = of(project).queuedTasks();
    return message("unfinished tasks", "queued_tasks", limit + excess, limit, project);
  }

  /**
   * Checks the quota after tasks were inserted; returns the error, or empty if they are allowed.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<String> admitTasks(Project project) {
    long limit = of(project).queuedTasks();
    if (limit > 0) {
      lock(project);
      long tasks = usage.queuedTasks(project);
      return tasks > limit
          ? Optional.of(message("unfinished tasks", "queued_tasks", tasks, limit, project))
          : Optional.empty();
    }
    return Optional.empty();
  }

  /**
   * Checks the quota after a file or a chunk was inserted, or before an upload.
   *
   * @param additionalBytes bytes that are not stored yet
   * @throws ApiException 429 if the project exceeds its quota
   */
  @Transactional
  public void admitFile(Project project, long additionalBytes) {
    long limit = of(project).storedBytes();
    if (limit > 0) {
      lock(project);
      rejectAboveStored(usage.storedBytes(project) + additionalBytes, limit, project);
    }
  }

  private static void rejectAboveStored(long used, long limit, Project project) {
    rejectAbove("stored_bytes", "bytes of uploaded files and batch inputs", used, limit, project);
  }

  Quota of(Project project) {
    return own(project).orElse(settings.quota());
  }

  ProjectQuota own(Project project) {
    return jdbc.sql("select * from project_quotas where project = :project")
        .param("project", project.name())
        .query(Quotas::read)
        .optional()
        .orElseGet(() -> ProjectQuota.none(project));
  }

  /** Returns the quotas of the projects that have their own. */
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

  /** Returns the current usage of a project. */
  Quota used(Project project) {
    ProjectUsage.Usage used = usage.of(project);
    return new Quota(used.batches(), used.queuedTasks(), used.queuedBytes(), used.storedBytes());
  }

  private void lock(Project project) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(:name, 0)) is null")
        .param("name", "quota of " + project.name())
        .query(Boolean.class)
        .single();
  }

  private static void rejectAbove(
      String name, String unit, long used, long limit, Project project) {
    if (limit > 0 && used > limit) {
      throw ApiException.projectQuotaExceeded(message(unit, name, used, limit, project), name);
    }
  }

  private static String message(String unit, String name, long used, long limit, Project project) {
    return "Project '%s' would have %d %s; its quota is %d (%s). %s, or ask the administrator to raise the quota with `sluice quota set`."
        .formatted(project.name(), used, unit, limit, name, remedy(name));
  }

  private static String remedy(String name) {
    return name.equals("stored_bytes")
        ? "Delete files, wait until retention deletes finished batches"
        : "Wait until some of them finish";
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
