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
 * The content of a provider's error body. Providers put it into an {@code error} object (OpenAI),
 * an object in an array (Gemini), a string (Ollama's own endpoints), the root object (older vLLM)
 * or plain text.
 *
 * @param names {@code code}, {@code type}, {@code status}, and the reasons in {@code details}
 * @param message the message text and the ids of violated quotas, in lower case
 * @param retryDelay Google's {@code retryDelay}, such as {@code "44.5s"}; empty if there is none
 */
record ProviderError(Set<String> names, String message, String retryDelay) {
  private static final int MAX_MESSAGE_LENGTH = 8 * 1024;

  static ProviderError of(Answered answer) {
    Payload payload = answer.body();
    return Json.value(payload.bytes())
        .map(ProviderError::of)
        .orElseGet(() -> new ProviderError(Set.of(), normalize(payload.text()), ""));
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
    for (JsonNode node : new JsonNode[] {error.path("message"), error.path("detail"), inner}) {
      message.append(text(node)).append('\n');
    }
    String retryDelay = "";
    for (JsonNode detail : details) { // Google's google.rpc.Status
      names.add(text(detail.path("reason")));
      for (JsonNode violation : detail.path("violations")) {
        message.append(text(violation.path("quotaId"))).append('\n');
      }
      retryDelay = retryDelay.isEmpty() ? text(detail.path("retryDelay")) : retryDelay;
    }
    return new ProviderError(names, normalize(message.toString()), retryDelay);
  }

  boolean hasName(String name) {
    return names.contains(name);
  }

  boolean messageContains(String part) {
    return message.contains(part.toLowerCase(Locale.ROOT));
  }

  /**
   * The per-minute limit that the error names; empty if it names none, several, or a daily limit.
   *
   * <p>OpenAI and Groq name the limit in the error type and in the message. Azure writes "token
   * rate limit" or "call rate limit". Anthropic has separate limits for input and output tokens.
   * Gemini names the quota id.
   */
  Optional<LimitKind> limitKind() {
    if (messageContains("per day")) {
      return Optional.empty();
    }
    Set<LimitKind> named = EnumSet.noneOf(LimitKind.class);
    if (messageContains("input tokens per min") || messageContains("InputTokensPer")) {
      named.add(LimitKind.INPUT_TOKENS);
    }
    if (messageContains("output tokens per min") || messageContains("OutputTokensPer")) {
      named.add(LimitKind.OUTPUT_TOKENS);
    }
    if (named.isEmpty()
        && (hasName("tokens")
            || messageContains("tokens per min")
            || messageContains("token rate limit"))) {
      named.add(LimitKind.TOKENS);
    }
    if (hasName("requests")
        || messageContains("requests per min")
        || messageContains("call rate limit")
        || messageContains("RequestsPerMinute")) {
      named.add(LimitKind.REQUESTS);
    }
    return named.size() == 1 ? named.stream().findFirst() : Optional.empty();
  }

  private static String text(JsonNode node) {
    return node.isString() || node.isNumber() ? node.asString() : "";
  }

  private static String normalize(String text) {
    return text.substring(0, Math.min(text.length(), MAX_MESSAGE_LENGTH)).toLowerCase(Locale.ROOT);
  }
}
