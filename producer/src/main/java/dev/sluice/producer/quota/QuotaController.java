package dev.sluice.producer.quota;

import dev.sluice.api.ListResponse;
import dev.sluice.api.access.QuotaView;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.web.ApiException;
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
  QuotaView set(@PathVariable String project, @RequestBody QuotaView.Limits quotaLimits) {
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
    Quota quota = quotas.of(project);
    Quota used = quotas.used(project);
    return new QuotaView(
        "project_quota",
        project.name(),
        new QuotaView.Limits(
            zeroToNull(quota.batches()),
            zeroToNull(quota.queuedTasks()),
            zeroToNull(quota.queuedBytes()),
            zeroToNull(quota.storedBytes())),
        new QuotaView.Usage(
            used.batches(), used.queuedTasks(), used.queuedBytes(), used.storedBytes()));
  }

  private static @Nullable Long zeroToNull(long limit) {
    return limit == 0 ? null : limit;
  }
}
