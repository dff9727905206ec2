package dev.sluice.producer.quota;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.listing.ListResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * What a project may have, and has; those of others are the administrator's to see and to set: the
 * filter lets nobody else in.
 */
@RestController
class QuotaController {
  private final Quotas quotas;

  QuotaController(Quotas quotas) {
    this.quotas = quotas;
  }

  @GetMapping("/api/quota")
  QuotaView mine(Project project) {
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

  /** Bounds that the request does not name are as in the settings again. */
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

  private static @Nullable Long checked(String name, @Nullable Long most) {
    if (most != null && most < 0) {
      throw ApiException.badRequest(
          "Invalid value for '%s': %d. It is at least 1; 0 is no bound, null that of the settings."
              .formatted(name, most),
          name,
          "invalid_value");
    }
    return most;
  }

  private QuotaView view(Project project) {
    return new QuotaView(
        "project_quota", project.name(), QuotaLimits.of(quotas.of(project)), quotas.used(project));
  }

  /**
   * How much there may be; null for no bound.
   *
   * @param batches that have not come to rest
   */
  record QuotaLimits(
      @Nullable Long batches,
      @Nullable Long queuedTasks,
      @Nullable Long queuedBytes,
      @Nullable Long storedBytes) {

    static QuotaLimits of(Quota quota) {
      return new QuotaLimits(
          bound(quota.batches()),
          bound(quota.queuedTasks()),
          bound(quota.queuedBytes()),
          bound(quota.storedBytes()));
    }

    private static @Nullable Long bound(long most) {
      return most == 0 ? null : most;
    }
  }

  record QuotaView(String object, String project, QuotaLimits limits, Quota used) {}
}
