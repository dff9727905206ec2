package dev.sluice.producer.deadletter;

import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.listing.ListResponse;
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

/** Dead letters, one by one. */
@RestController
@RequestMapping("/api/dead")
class DeadLetterController {
  private static final int MOST_LISTED = 200;
  private static final int USUALLY_LISTED = 20;
  private static final Set<String> OF_A_REPLAY =
      Set.of("why", "by", "request", "patch", "model", "route");
  private static final Set<String> OF_A_DISCARD = Set.of("why", "by");

  private final DeadLetters letters;
  private final DeadLetterReplayer deadLetterReplayer;
  private final DeadLetterPeek deadLetterPeek;

  DeadLetterController(
      DeadLetters letters, DeadLetterReplayer deadLetterReplayer, DeadLetterPeek deadLetterPeek) {
    this.letters = letters;
    this.deadLetterReplayer = deadLetterReplayer;
    this.deadLetterPeek = deadLetterPeek;
  }

  @GetMapping
  ListResponse<DeadLetterView> list(
      AuthenticatedCaller caller, @RequestParam Map<String, String> asked) {
    Map<String, String> filter = new TreeMap<>(asked);
    String after = filter.remove("after");
    int most = limit(filter.remove("limit"));
    List<DeadLetterView> found =
        letters
            .list(DeadLetterFilter.of(filter, caller), after == null ? null : uuid(after), most + 1)
            .stream()
            .map(DeadLetterView::of)
            .toList();
    return ListResponse.page(found, most, DeadLetterView::id);
  }

  private static int limit(@Nullable String asked) {
    try {
      return asked == null ? USUALLY_LISTED : Math.clamp(Integer.parseInt(asked), 1, MOST_LISTED);
    } catch (NumberFormatException noNumber) {
      throw ApiException.badRequest(
          "'%s' is no number.".formatted(asked), "limit", "invalid_value");
    }
  }

  record Stats(String object, long total, List<GroupView> groups) {}

  record GroupView(
      String failureCode, String route, long count, long batches, long since, long latest) {}

  @GetMapping("/stats")
  Stats stats(AuthenticatedCaller caller, @RequestParam Map<String, String> asked) {
    List<GroupView> groups =
        letters.groups(DeadLetterFilter.of(asked, caller)).stream()
            .map(
                group ->
                    new GroupView(
                        group.failureCode(),
                        group.route(),
                        group.count(),
                        group.batches(),
                        group.since().getEpochSecond(),
                        group.latest().getEpochSecond()))
            .toList();
    return new Stats("dead_stats", groups.stream().mapToLong(GroupView::count).sum(), groups);
  }

  @GetMapping("/peek")
  DeadLetterPeek.PeekedMessage peek(AuthenticatedCaller caller, @RequestParam String route) {
    if (!caller.admin()) {
      throw ApiException.notFound("What waits in the broker is the administrator's to see.", null);
    }
    return deadLetterPeek.at(route);
  }

  @GetMapping("/{id}")
  DeadLetterView.Detail retrieve(AuthenticatedCaller caller, @PathVariable String id) {
    return whole(find(caller, id));
  }

  @PostMapping("/{id}/replay")
  DeadLetterView.Detail replay(
      AuthenticatedCaller caller,
      @PathVariable String id,
      @RequestBody(required = false) JsonNode body) {
    JsonParameters jsonParameters = JsonParameters.of(body, OF_A_REPLAY);
    deadLetterReplayer.replay(find(caller, id), jsonParameters.edit(), jsonParameters.act(caller));
    return whole(find(caller, id));
  }

  @PostMapping("/{id}/discard")
  DeadLetterView.Detail discard(
      AuthenticatedCaller caller,
      @PathVariable String id,
      @RequestBody(required = false) JsonNode body) {
    deadLetterReplayer.discard(find(caller, id), JsonParameters.of(body, OF_A_DISCARD).act(caller));
    return whole(find(caller, id));
  }

  private DeadLetterView.Detail whole(DeadLetter letter) {
    return DeadLetterView.Detail.of(
        letter,
        letters.history(letter.id()),
        letters.request(letter.id()),
        letters.acts(letter.id()));
  }

  private DeadLetter find(AuthenticatedCaller caller, String id) {
    return DeadLetters.uuid(id)
        .flatMap(letter -> letters.find(letter, caller.admin() ? null : caller.project()))
        .orElseThrow(() -> noLetter(id));
  }

  private static UUID uuid(String id) {
    return DeadLetters.uuid(id).orElseThrow(() -> noLetter(id));
  }

  private static ApiException noLetter(String id) {
    return ApiException.notFound("No dead letter found with id '" + id + "'.", "id");
  }
}
