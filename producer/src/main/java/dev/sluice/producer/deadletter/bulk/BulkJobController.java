package dev.sluice.producer.deadletter.bulk;

import dev.sluice.api.ListResponse;
import dev.sluice.api.deadletter.BulkJobView;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.deadletter.AuditAction;
import dev.sluice.producer.deadletter.DeadLetterQueries;
import dev.sluice.producer.deadletter.JsonParameters;
import dev.sluice.producer.deadletter.RequestEdit;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.web.ApiException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** HTTP endpoints for jobs that replay, discard or accept many dead letters. */
@RestController
@RequestMapping("/api/dead-letters/jobs")
class BulkJobController {
  private static final int DEFAULT_LIMIT = 1000;
  private static final int MAX_LIMIT = 1_000_000;
  private static final int DEFAULT_PER_SECOND = 20;
  private static final int MAX_PER_SECOND = 200;
  private static final int MAX_IDS = 1000;
  private static final int MAX_PAGE_SIZE = 100;
  private static final Set<String> PARAMETERS =
      Set.of(
          "action",
          "reason",
          "operator",
          "filter",
          "ids",
          "dry_run",
          "limit",
          "per_second",
          "patch",
          "model",
          "route");

  private final BulkJobs jobs;
  private final BulkJobRunner runner;
  private final DeadLetterQueries deadLetters;

  BulkJobController(BulkJobs jobs, BulkJobRunner runner, DeadLetterQueries deadLetters) {
    this.jobs = jobs;
    this.runner = runner;
    this.deadLetters = deadLetters;
  }

  @PostMapping
  BulkJobView create(AuthenticatedCaller caller, @RequestBody(required = false) JsonNode body) {
    JsonParameters parameters = JsonParameters.of(body, PARAMETERS);
    BulkJobs.BulkRequest request = bulkRequest(parameters, caller);
    DeadLetterQueries.Selection selection =
        deadLetters.selection(request.selection().filter(caller));
    if (parameters.flag("dry_run")) {
      return dryRun(request, selection.count());
    }
    UUID id = jobs.create(request, selection);
    runner.onCreated();
    return view(find(id, caller));
  }

  @GetMapping
  ListResponse<BulkJobView> list(
      AuthenticatedCaller caller,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "20") int limit) {
    int pageSize = Math.clamp(limit, 1, MAX_PAGE_SIZE);
    List<BulkJobView> found =
        jobs.list(caller, after == null ? null : uuid(after), pageSize + 1).stream()
            .map(BulkJobController::view)
            .toList();
    return ListResponse.page(found, pageSize, job -> Objects.requireNonNull(job.id()));
  }

  @GetMapping("/{id}")
  BulkJobView retrieve(AuthenticatedCaller caller, @PathVariable String id) {
    return view(find(uuid(id), caller));
  }

  @PostMapping("/{id}/stop")
  BulkJobView stop(AuthenticatedCaller caller, @PathVariable String id) {
    jobs.stop(find(uuid(id), caller).id());
    return view(find(uuid(id), caller));
  }

  private static BulkJobs.BulkRequest bulkRequest(
      JsonParameters parameters, AuthenticatedCaller caller) {
    Map<String, String> filter = parameters.stringMap("filter");
    List<String> ids = parameters.strings("ids");
    if ((filter == null) == (ids == null)) {
      throw ApiException.badRequest(
          "Select dead letters with 'filter' ({} matches all open ones) or with 'ids'.",
          "filter",
          "missing_required_parameter");
    }
    if (ids != null && (ids.isEmpty() || ids.size() > MAX_IDS)) {
      throw ApiException.badRequest(
          "'ids' has %d entries; it must have 1-%d.".formatted(ids.size(), MAX_IDS),
          "ids",
          "invalid_value");
    }
    AuditAction.Kind kind = kind(parameters.string("action"));
    if (kind != AuditAction.Kind.REPLAY && !parameters.edit().equals(RequestEdit.NONE)) {
      throw ApiException.badRequest(
          "Only a replay changes the request: remove 'patch', 'model' and 'route'.",
          "action",
          "invalid_value");
    }
    return new BulkJobs.BulkRequest(
        new BulkJobs.BulkSelection(
            Objects.requireNonNullElse(filter, Map.of()),
            ids == null ? null : ids.stream().map(BulkJobController::uuid).toList()),
        caller,
        parameters.action(kind, caller),
        parameters.number("limit", DEFAULT_LIMIT, MAX_LIMIT),
        parameters.number("per_second", DEFAULT_PER_SECOND, MAX_PER_SECOND));
  }

  private static AuditAction.Kind kind(@Nullable String name) {
    return AuditAction.Kind.named(name)
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    "'action' is %s; it must be replay, discard or accept.".formatted(name),
                    "action",
                    "invalid_value"));
  }

  private BulkJobs.Job find(UUID id, AuthenticatedCaller caller) {
    return jobs.find(id, caller)
        .orElseThrow(() -> ApiException.notFound("No job found with id '" + id + "'.", "id"));
  }

  private static UUID uuid(String id) {
    return SqlValues.uuid(id)
        .orElseThrow(() -> ApiException.notFound("'" + id + "' is not a valid id.", "id"));
  }

  private static BulkJobView view(BulkJobs.Job job) {
    Instant finished = job.finishedAt();
    return new BulkJobView(
        job.id().toString(),
        "dead_letter_job",
        job.request().action().kind().wireName(),
        job.state().equals("done") ? "completed" : job.state(),
        job.matched(),
        job.request().limit(),
        job.request().perSecond(),
        job.succeeded(),
        job.rejected(),
        job.lastRejection(),
        job.createdAt().getEpochSecond(),
        finished == null ? null : finished.getEpochSecond());
  }

  private static BulkJobView dryRun(BulkJobs.BulkRequest request, long matched) {
    return new BulkJobView(
        null,
        "dead_letter_job",
        request.action().kind().wireName(),
        "dry_run",
        matched,
        request.limit(),
        request.perSecond(),
        0,
        0,
        null,
        null,
        null);
  }
}
