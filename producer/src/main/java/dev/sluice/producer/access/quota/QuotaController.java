package dev.sluice.producer.access.quota;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.web.ApiException;
import dev.sluice.producer.web.ListResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * HTTP endpoints for the quotas and usage of projects. The API key filter admits only the
 * administrator to those of other projects.
 */
@RestController
class QuotaController {
  private final Quotas quotas;

  QuotaController(Quotas quotas) {
    this.quotas = quotas;
  }

  @GetMapping("/api/quota")
  QuotaView own(Project project) {
    return view(project);
  }

  @GetMapping("/api/quotas")
  ListResponse<QuotaView> list() {
    List<QuotaView> all =
        quotas.list().stream().map(projectQuota -> view(projectQuota.project())).toList();
    return ListResponse.page(all, Integer.MAX_VALUE, QuotaView::project);
  }

  @GetMapping("/api/quotas/{project}")
  QuotaView of(@PathVariable String project) {
    return view(Project.named(project));
  }

  /** Replaces all limits; limits that the request omits return to the settings. */
  @PutMapping("/api/quotas/{project}")
  QuotaView set(@PathVariable String project, @RequestBody QuotaLimits quotaLimits) {
    Project named = Project.named(project);
    quotas.set(
        new Quotas.ProjectQuota(
            named,
            checked("batches", quotaLimits.batches()),
            checked("queued_tasks", quotaLimits.queuedTasks()),
            checked("queued_bytes", quotaLimits.queuedBytes()),
            checked("stored_bytes", quotaLimits.storedBytes())));
    return view(named);
  }

  private static @Nullable Long checked(String name, @Nullable Long limit) {
    if (limit != null && limit < 0) {
      throw ApiException.badRequest(
          "Invalid value for '%s': %d. It must be at least 1, 0 for no limit, or null for the value of the settings."
              .formatted(name, limit),
          name,
          "invalid_value");
    }
    return limit;
  }

  private QuotaView view(Project project) {
    return new QuotaView(
        "project_quota", project.name(), QuotaLimits.of(quotas.of(project)), quotas.used(project));
  }

  /**
   * The limits of a project. In a request null means the value of the settings; in a response null
   * means no limit.
   *
   * @param batches unfinished batches
   * @param queuedTasks unfinished tasks of those batches
   * @param queuedBytes size of the input files of those batches, in bytes
   * @param storedBytes size of all uploaded files, and of the inputs that batches store, in bytes
   */
  record QuotaLimits(
      @Nullable Long batches,
      @Nullable Long queuedTasks,
      @Nullable Long queuedBytes,
      @Nullable Long storedBytes) {

    static QuotaLimits of(Quota quota) {
      return new QuotaLimits(
          zeroToNull(quota.batches()),
          zeroToNull(quota.queuedTasks()),
          zeroToNull(quota.queuedBytes()),
          zeroToNull(quota.storedBytes()));
    }

    private static @Nullable Long zeroToNull(long limit) {
      return limit == 0 ? null : limit;
    }
  }

  /** The limits and the usage of a project as the API returns them. */
  record QuotaView(String object, String project, QuotaLimits limits, Quota used) {}
}
