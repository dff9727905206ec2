package dev.sluice.producer.deadletter;

import dev.sluice.api.ListResponse;
import dev.sluice.api.deadletter.AuditLogEntry;
import dev.sluice.api.deadletter.DeadLetterStats;
import dev.sluice.api.deadletter.DeadLetterView;
import dev.sluice.api.deadletter.PeekedDeadLetters;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.web.ApiException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

/** HTTP endpoints for single dead letters. */
@RestController
@RequestMapping("/api/dead-letters")
class DeadLetterController {
  private static final int MAX_PAGE_SIZE = 200;
  private static final int DEFAULT_PAGE_SIZE = 20;
  private static final Set<String> REPLAY_PARAMETERS =
      Set.of("reason", "operator", "request", "patch", "model", "route");
  private static final Set<String> AUDIT_PARAMETERS = Set.of("reason", "operator");

  private final DeadLetterQueries deadLetters;
  private final AuditLog auditLog;
  private final DeadLetterActions actions;
  private final DeadLetterPeek deadLetterPeek;

  DeadLetterController(
      DeadLetterQueries deadLetters,
      AuditLog auditLog,
      DeadLetterActions actions,
      DeadLetterPeek deadLetterPeek) {
    this.deadLetters = deadLetters;
    this.auditLog = auditLog;
    this.actions = actions;
    this.deadLetterPeek = deadLetterPeek;
  }

  @GetMapping
  ListResponse<DeadLetterView> list(
      AuthenticatedCaller caller, @RequestParam Map<String, String> query) {
    Map<String, String> filter = new TreeMap<>(query);
    String after = filter.remove("after");
    int pageSize = pageSize(filter.remove("limit"));
    List<DeadLetterView> found =
        deadLetters
            .newest(
                DeadLetterFilter.of(filter, caller),
                after == null ? null : uuid(after),
                pageSize + 1)
            .stream()
            .map(DeadLetterViews::of)
            .toList();
    return ListResponse.page(found, pageSize, DeadLetterView::id);
  }

  private static int pageSize(@Nullable String limit) {
    try {
      return limit == null
          ? DEFAULT_PAGE_SIZE
          : Math.clamp(Integer.parseInt(limit), 1, MAX_PAGE_SIZE);
    } catch (NumberFormatException invalid) {
      throw ApiException.badRequest(
          "'limit' is '%s'; it must be a number from 1 to %d.".formatted(limit, MAX_PAGE_SIZE),
          "limit",
          "invalid_value");
    }
  }

  @GetMapping("/stats")
  DeadLetterStats stats(AuthenticatedCaller caller, @RequestParam Map<String, String> filter) {
    List<DeadLetterStats.Group> groups =
        deadLetters.groups(DeadLetterFilter.of(filter, caller)).stream()
            .map(
                group ->
                    new DeadLetterStats.Group(
                        group.failureCode(),
                        group.route(),
                        group.count(),
                        group.batches(),
                        group.since().getEpochSecond(),
                        group.latest().getEpochSecond()))
            .toList();
    return new DeadLetterStats(
        "dead_letter_stats", groups.stream().mapToLong(DeadLetterStats.Group::count).sum(), groups);
  }

  @GetMapping("/audit")
  ListResponse<AuditLogEntry> audit(
      AuthenticatedCaller caller,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "20") int limit) {
    int pageSize = Math.clamp(limit, 1, MAX_PAGE_SIZE);
    List<AuditLogEntry> found =
        auditLog.newest(caller, after == null ? null : uuid(after), pageSize + 1);
    return ListResponse.page(found, pageSize, AuditLogEntry::id);
  }

  @GetMapping("/peek")
  PeekedDeadLetters peek(AuthenticatedCaller caller, @RequestParam String route) {
    if (!caller.admin()) {
      throw ApiException.notFound(
          "Only the administrator can peek at dead letters in the broker.", null);
    }
    return deadLetterPeek.peek(route);
  }

  @GetMapping("/{id}")
  DeadLetterView.Detail retrieve(AuthenticatedCaller caller, @PathVariable String id) {
    return detail(find(caller, id));
  }

  @PostMapping("/{id}/replay")
  DeadLetterView.Detail replay(
      AuthenticatedCaller caller,
      @PathVariable String id,
      @RequestBody(required = false) JsonNode body) {
    return perform(AuditAction.Kind.REPLAY, REPLAY_PARAMETERS, caller, id, body);
  }

  @PostMapping("/{id}/discard")
  DeadLetterView.Detail discard(
      AuthenticatedCaller caller,
      @PathVariable String id,
      @RequestBody(required = false) JsonNode body) {
    return perform(AuditAction.Kind.DISCARD, AUDIT_PARAMETERS, caller, id, body);
  }

  @PostMapping("/{id}/accept")
  DeadLetterView.Detail accept(
      AuthenticatedCaller caller,
      @PathVariable String id,
      @RequestBody(required = false) JsonNode body) {
    return perform(AuditAction.Kind.ACCEPT, AUDIT_PARAMETERS, caller, id, body);
  }

  private DeadLetterView.Detail perform(
      AuditAction.Kind kind,
      Set<String> names,
      AuthenticatedCaller caller,
      String id,
      @Nullable JsonNode body) {
    JsonParameters parameters = JsonParameters.of(body, names);
    DeadLetter deadLetter = find(caller, id);
    return detail(actions.perform(parameters.action(kind, caller), deadLetter));
  }

  private DeadLetterView.Detail detail(DeadLetter deadLetter) {
    return DeadLetterViews.detail(
        deadLetter, deadLetters.content(deadLetter.id()), auditLog.entries(deadLetter.id()));
  }

  private DeadLetter find(AuthenticatedCaller caller, String id) {
    return SqlValues.uuid(id)
        .flatMap(deadLetter -> deadLetters.find(deadLetter, caller))
        .orElseThrow(() -> noSuchDeadLetter(id));
  }

  private static UUID uuid(String id) {
    return SqlValues.uuid(id).orElseThrow(() -> noSuchDeadLetter(id));
  }

  private static ApiException noSuchDeadLetter(String id) {
    return ApiException.notFound("No dead letter found with id '" + id + "'.", "id");
  }
}
