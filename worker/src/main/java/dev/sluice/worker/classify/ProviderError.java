package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.worker.provider.Reply.Answered;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The code and type of an error as OpenAI and those who follow it write them; empty where absent.
 */
record ProviderError(String code, String type) {
  private static final Set<String> QUOTA =
      Set.of("insufficient_quota", "billing_hard_limit_reached", "billing_not_active");
  private static final Set<String> CONTEXT =
      Set.of("context_length_exceeded", "string_above_max_length");
  private static final Set<String> FILTER =
      Set.of("content_filter", "content_policy_violation", "moderation_blocked");

  static ProviderError of(Answered answer) {
    return Json.object(answer.body().bytes())
        .map(body -> body.path("error"))
        .map(error -> new ProviderError(text(error.path("code")), text(error.path("type"))))
        .orElseGet(() -> new ProviderError("", ""));
  }

  boolean saysQuotaIsUsedUp() {
    return isOneOf(QUOTA);
  }

  boolean saysContextIsTooLong() {
    return isOneOf(CONTEXT);
  }

  boolean saysContentIsFiltered() {
    return isOneOf(FILTER);
  }

  private boolean isOneOf(Set<String> names) {
    return names.contains(code) || names.contains(type);
  }

  private static String text(JsonNode node) {
    return node.isString() ? node.asString() : "";
  }
}
