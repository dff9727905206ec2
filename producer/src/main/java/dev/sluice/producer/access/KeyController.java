package dev.sluice.producer.access;

import dev.sluice.api.ListResponse;
import dev.sluice.api.access.KeyView;
import dev.sluice.producer.web.ApiException;
import java.math.BigDecimal;
import java.math.RoundingMode;
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

/** HTTP endpoints to manage API keys; {@link ApiKeyFilter} admits only the administrator. */
@RestController
@RequestMapping(KeyController.PATH)
class KeyController {
  static final String PATH = "/api/keys";
  private static final int MAX_NAME_LENGTH = 200;
  private static final BigDecimal MAX_BUDGET = BigDecimal.valueOf(1_000_000_000);

  private final ApiKeys keys;

  KeyController(ApiKeys keys) {
    this.keys = keys;
  }

  @PostMapping
  KeyView create(@RequestBody KeyView.NewKey request) {
    String name = Objects.requireNonNullElse(request.name(), "").strip();
    if (name.isEmpty() || name.length() > MAX_NAME_LENGTH || name.indexOf(0) >= 0) {
      throw ApiException.badRequest(
          "'name' is required (1-%d characters). It identifies the key in lists and in the audit log."
              .formatted(MAX_NAME_LENGTH),
          "name",
          "invalid_value");
    }
    Project project =
        request.project() == null ? Project.DEFAULT : Project.named(request.project());
    ApiKeys.NewKey key =
        keys.create(
            project,
            name,
            limits(request.concurrency(), request.requestsPerMinute(), request.budget()));
    return view(key.key(), key.text());
  }

  /** Changes the limits of the key's live calls, from its next call on. */
  @PostMapping("/{id}")
  KeyView setLimits(@PathVariable String id, @RequestBody KeyView.Limits request) {
    return keys.setLimits(
            id, limits(request.concurrency(), request.requestsPerMinute(), request.budget()))
        .map(key -> view(key, null))
        .orElseThrow(() -> noSuchKey(id));
  }

  private static KeyLimits limits(
      @Nullable Integer concurrency, @Nullable Integer perMinute, @Nullable BigDecimal budget) {
    return new KeyLimits(
        atLeastOne("concurrency", concurrency),
        atLeastOne("requests_per_minute", perMinute),
        checked(budget));
  }

  private static @Nullable BigDecimal checked(@Nullable BigDecimal budget) {
    if (budget != null && (budget.signum() <= 0 || budget.compareTo(MAX_BUDGET) > 0)) {
      throw ApiException.badRequest(
          "Invalid value for 'budget': %s. It must be US dollars above 0 and at most %s, or null for no budget."
              .formatted(budget.toPlainString(), MAX_BUDGET.toPlainString()),
          "budget",
          "invalid_value");
    }
    return budget == null ? null : budget.setScale(6, RoundingMode.HALF_UP);
  }

  private static int atLeastOne(String name, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw ApiException.badRequest(
          "Invalid value for '%s': %d. It must be at least 1, or null for no limit."
              .formatted(name, value),
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
    List<KeyView> all = keys.list().stream().map(key -> view(key, null)).toList();
    return ListResponse.page(all, Integer.MAX_VALUE, KeyView::id);
  }

  @DeleteMapping("/{id}")
  KeyView revoke(@PathVariable String id) {
    return keys.revoke(id).map(key -> view(key, null)).orElseThrow(() -> noSuchKey(id));
  }

  private static KeyView view(ApiKeys.ApiKey key, @Nullable String text) {
    return new KeyView(
        key.id(),
        "api_key",
        key.name(),
        key.project().name(),
        zeroToNull(key.limits().concurrency()),
        zeroToNull(key.limits().requestsPerMinute()),
        key.limits().budget(),
        key.created().getEpochSecond(),
        key.revoked() == null ? null : key.revoked().getEpochSecond(),
        text);
  }

  private static @Nullable Integer zeroToNull(int limit) {
    return limit == 0 ? null : limit;
  }
}
