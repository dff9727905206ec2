package dev.sluice.producer.access;

import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.listing.ListResponse;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Makes, lists and revokes keys; the filter lets nobody in but the administrator. */
@RestController
@RequestMapping(KeyController.PATH)
class KeyController {
  static final String PATH = "/api/keys";
  private static final int LONGEST_NAME = 200;

  private final ApiKeys keys;

  KeyController(ApiKeys keys) {
    this.keys = keys;
  }

  @PostMapping
  KeyView create(@RequestBody NewKey request) {
    String name = Objects.requireNonNullElse(request.name(), "").strip();
    if (name.isEmpty() || name.length() > LONGEST_NAME || name.indexOf(0) >= 0) {
      throw ApiException.badRequest(
          "A key needs a 'name' of 1-%d characters, which says whose it is."
              .formatted(LONGEST_NAME),
          "name",
          "invalid_value");
    }
    Project project =
        request.project() == null ? Project.DEFAULT : Project.named(request.project());
    ApiKeys.NewKey made =
        keys.create(project, name, share(request.concurrency(), request.requestsPerMinute()));
    return KeyView.of(made.key(), made.text());
  }

  /** Changes what the key may take with live calls, from its next call on. */
  @PostMapping("/{id}")
  KeyView change(@PathVariable String id, @RequestBody Change request) {
    return keys.share(id, share(request.concurrency(), request.requestsPerMinute()))
        .map(key -> KeyView.of(key, null))
        .orElseThrow(() -> noSuchKey(id));
  }

  private static KeyLimits share(@Nullable Integer concurrency, @Nullable Integer perMinute) {
    return new KeyLimits(
        atLeastOne("concurrency", concurrency), atLeastOne("requests_per_minute", perMinute));
  }

  private static int atLeastOne(String name, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw ApiException.badRequest(
          "Invalid value for '%s': %d. It is at least 1; null lifts it.".formatted(name, value),
          name,
          "invalid_value");
    }
    return value == null ? 0 : value;
  }

  private static ApiException noSuchKey(String id) {
    return ApiException.notFound("No API key found with id '" + id + "'.", "id");
  }

  @GetMapping
  ListResponse<KeyView> list() {
    List<KeyView> all = keys.list().stream().map(key -> KeyView.of(key, null)).toList();
    return ListResponse.page(all, Integer.MAX_VALUE, KeyView::id);
  }

  @DeleteMapping("/{id}")
  KeyView revoke(@PathVariable String id) {
    return keys.revoke(id).map(key -> KeyView.of(key, null)).orElseThrow(() -> noSuchKey(id));
  }

  record NewKey(
      @Nullable String name,
      @Nullable String project,
      @Nullable Integer concurrency,
      @Nullable Integer requestsPerMinute) {}

  record Change(@Nullable Integer concurrency, @Nullable Integer requestsPerMinute) {}

  /**
   * A key for its reader.
   *
   * @param concurrency live calls at once; null for as many as the route takes
   * @param requestsPerMinute live calls a minute; null for as many as the route takes
   * @param key the key itself in the answer that made it, else null
   */
  record KeyView(
      String id,
      String object,
      String name,
      String project,
      @Nullable Integer concurrency,
      @Nullable Integer requestsPerMinute,
      long createdAt,
      @Nullable Long revokedAt,
      @Nullable String key) {

    static KeyView of(ApiKeys.ApiKey key, @Nullable String text) {
      return new KeyView(
          key.id(),
          "api_key",
          key.name(),
          key.project().name(),
          bound(key.share().concurrency()),
          bound(key.share().requestsPerMinute()),
          key.created().getEpochSecond(),
          key.revoked() == null ? null : key.revoked().getEpochSecond(),
          text);
    }

    private static @Nullable Integer bound(int most) {
      return most == 0 ? null : most;
    }
  }
}
