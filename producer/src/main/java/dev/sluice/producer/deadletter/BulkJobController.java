package dev.sluice.producer.deadletter;

import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.error.ApiException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
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
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Many dead letters at once. */
@RestController
@RequestMapping("/api/dead/jobs")
class BulkJobController {
  private static final int USUAL_CAP = 1000;
  private static final int HIGHEST_CAP = 1_000_000;
  private static final int USUAL_PACE = 20;
  private static final int HIGHEST_PACE = 200;
  private static final int MOST_IDS = 1000;
  private static final Set<String> NAMES =
      Set.of(
          "act",
          "why",
          "by",
          "filter",
          "ids",
          "dry_run",
          "most",
          "per_second",
          "patch",
          "model",
          "route");

  private final BulkJobs jobs;
  private final DeadLetters letters;

  BulkJobController(BulkJobs jobs, DeadLetters letters) {
    this.jobs = jobs;
    this.letters = letters;
  }

  /** A job for its reader. */
  record JobView(
      @Nullable String id,
      String object,
      String act,
      String state,
      long matched,
      int most,
      int perSecond,
      long done,
      long refused,
      @Nullable String lastRefusal,
      @Nullable Long createdAt,
      @Nullable Long endedAt) {
    static JobView of(BulkJobs.Job job) {
      Instant ended = job.ended();
      return new JobView(
          job.id().toString(),
          "dead_job",
          job.order().kind().name().toLowerCase(Locale.ROOT),
          job.state(),
          job.matched(),
          job.order().most(),
          job.order().perSecond(),
          job.done(),
          job.refused(),
          job.lastRefusal(),
          job.created().getEpochSecond(),
          ended == null ? null : ended.getEpochSecond());
    }

    static JobView dryRun(BulkJobs.BulkRequest bulkRequest, long matched) {
      return new JobView(
          null,
          "dead_job",
          bulkRequest.kind().name().toLowerCase(Locale.ROOT),
          "dry_run",
          matched,
          bulkRequest.most(),
          bulkRequest.perSecond(),
          0,
          0,
          null,
          null,
          null);
    }
  }

  @PostMapping
  JobView create(AuthenticatedCaller caller, @RequestBody(required = false) JsonNode body) {
    JsonParameters jsonParameters = JsonParameters.of(body, NAMES);
    BulkJobs.BulkRequest bulkRequest = order(jsonParameters, caller);
    DeadLetters.Selection selection = letters.find(bulkRequest.choice().filter(caller));
    return jsonParameters.flag("dry_run")
        ? JobView.dryRun(bulkRequest, selection.count())
        : JobView.of(find(jobs.create(bulkRequest, selection), caller));
  }

  @GetMapping("/{id}")
  JobView retrieve(AuthenticatedCaller caller, @PathVariable String id) {
    return JobView.of(find(uuid(id), caller));
  }

  @PostMapping("/{id}/stop")
  JobView stop(AuthenticatedCaller caller, @PathVariable String id) {
    jobs.stop(find(uuid(id), caller).id());
    return JobView.of(find(uuid(id), caller));
  }

  private static BulkJobs.BulkRequest order(
      JsonParameters jsonParameters, AuthenticatedCaller caller) {
    Map<String, String> filter = jsonParameters.texts("filter");
    List<String> ids = jsonParameters.list("ids");
    if ((filter == null) == (ids == null)) {
      throw ApiException.badRequest(
          "Say which letters: by 'filter' ({} is all that are dead) or by 'ids'.",
          "filter",
          "missing_required_parameter");
    }
    if (ids != null && (ids.isEmpty() || ids.size() > MOST_IDS)) {
      throw ApiException.badRequest(
          "'ids' has %d of them; 1-%d are taken.".formatted(ids.size(), MOST_IDS),
          "ids",
          "invalid_value");
    }
    AuditAction.Kind kind = kind(jsonParameters.text("act"));
    if (kind == AuditAction.Kind.DISCARD && !jsonParameters.edit().equals(RequestEdit.NONE)) {
      throw ApiException.badRequest(
          "A discard changes nothing: leave out patch, model and route.", "act", "invalid_value");
    }
    return new BulkJobs.BulkRequest(
        kind,
        new BulkJobs.BulkSelection(
            Objects.requireNonNullElse(filter, Map.of()),
            ids == null ? null : ids.stream().map(BulkJobController::uuid).toList()),
        jsonParameters.edit(),
        caller,
        jsonParameters.act(caller),
        jsonParameters.number("most", USUAL_CAP, HIGHEST_CAP),
        jsonParameters.number("per_second", USUAL_PACE, HIGHEST_PACE));
  }

  private static AuditAction.Kind kind(@Nullable String name) {
    for (AuditAction.Kind kind : AuditAction.Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
        return kind;
      }
    }
    throw ApiException.badRequest(
        "'act' is %s; replay or discard was expected.".formatted(name), "act", "invalid_value");
  }

  private BulkJobs.Job find(UUID id, AuthenticatedCaller caller) {
    return jobs.find(id, caller)
        .orElseThrow(() -> ApiException.notFound("No job found with id '" + id + "'.", "id"));
  }

  private static UUID uuid(String id) {
    return DeadLetters.uuid(id)
        .orElseThrow(() -> ApiException.notFound("'" + id + "' is no id.", "id"));
  }
}
