package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.provider.Reply.Answered;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What an error says, wherever its provider puts it: in an object (OpenAI), in an object in an
 * array (Gemini), in a string (Ollama's own endpoints), beside it (older vLLM) or in plain text.
 *
 * @param names its {@code code}, {@code type}, {@code status} and what its details name as reason
 * @param message what it tells people, and the ids of the quotas that it names; in small letters
 * @param retryDelay how long to wait, as its details say ({@code "44.5s"}); empty where they do not
 */
record ProviderError(Set<String> names, String message, String retryDelay) {
  private static final int LONGEST_MESSAGE = 8 * 1024;

  static ProviderError of(Answered answer) {
    Payload payload = answer.body();
    return Json.value(payload.bytes())
        .map(ProviderError::of)
        .orElseGet(() -> new ProviderError(Set.of(), shortened(payload.text()), ""));
  }

  private static ProviderError of(JsonNode root) {
    JsonNode outer = root.isArray() ? root.path(0) : root;
    JsonNode inner = outer.path("error");
    JsonNode error = inner.isObject() ? inner : outer;
    JsonNode details = error.path("details");

    Set<String> names = new HashSet<>();
    for (String member : new String[] {"code", "type", "status"}) {
      names.add(text(error.path(member)));
    }
    names.add(text(error.path("innererror").path("code"))); // Azure
    names.add(text(details.path("error_code"))); // Anthropic

    StringBuilder message = new StringBuilder();
    for (JsonNode said : new JsonNode[] {error.path("message"), error.path("detail"), inner}) {
      message.append(text(said)).append('\n');
    }
    String retryDelay = "";
    for (JsonNode detail : details) { // Google's google.rpc.Status
      names.add(text(detail.path("reason")));
      for (JsonNode violation : detail.path("violations")) {
        message.append(text(violation.path("quotaId"))).append('\n');
      }
      retryDelay = retryDelay.isEmpty() ? text(detail.path("retryDelay")) : retryDelay;
    }
    return new ProviderError(names, shortened(message.toString()), retryDelay);
  }

  boolean hasName(String name) {
    return names.contains(name);
  }

  boolean says(String part) {
    return message.contains(part.toLowerCase(Locale.ROOT));
  }

  /**
   * The one limit a minute that it names; empty where it names none, several, or a day's.
   *
   * <p>OpenAI and Groq name it as the error's type and in words, Azure speaks of a token or a call
   * rate limit, Anthropic counts input and output apart, Gemini names its quota.
   */
  Optional<LimitKind> dimension() {
    if (says("per day")) {
      return Optional.empty();
    }
    Set<LimitKind> named = EnumSet.noneOf(LimitKind.class);
    if (says("input tokens per min") || says("InputTokensPer")) {
      named.add(LimitKind.INPUT_TOKENS);
    }
    if (says("output tokens per min") || says("OutputTokensPer")) {
      named.add(LimitKind.OUTPUT_TOKENS);
    }
    if (named.isEmpty()
        && (hasName("tokens") || says("tokens per min") || says("token rate limit"))) {
      named.add(LimitKind.TOKENS);
    }
    if (hasName("requests")
        || says("requests per min")
        || says("call rate limit")
        || says("RequestsPerMinute")) {
      named.add(LimitKind.REQUESTS);
    }
    return named.size() == 1 ? named.stream().findFirst() : Optional.empty();
  }

  private static String text(JsonNode node) {
    return node.isString() || node.isNumber() ? node.asString() : "";
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(text.length(), LONGEST_MESSAGE)).toLowerCase(Locale.ROOT);
  }
}
