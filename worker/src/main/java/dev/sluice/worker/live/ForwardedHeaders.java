package dev.sluice.worker.live;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Selects the provider's headers that a caller receives: those that OpenAI and Anthropic document,
 * at most as many as fit into an AMQP frame. Others could control a proxy ({@code
 * X-Accel-Redirect}) or the caller's browser.
 */
final class ForwardedHeaders {
  private static final int MAX_VALUE_LENGTH = 512;
  private static final int MAX_HEADERS = 64;

  private static final Set<String> NAMES =
      Set.of(
          "content-type",
          "x-request-id",
          "request-id",
          "apim-request-id", // Azure
          "retry-after",
          "retry-after-ms",
          "x-should-retry");

  private static final List<String> PREFIXES = List.of("openai-", "anthropic-", "x-ratelimit-");

  private ForwardedHeaders() {}

  static Map<String, String> of(Map<String, String> headers) {
    Map<String, String> forwarded = new TreeMap<>();
    headers.forEach(
        (name, value) -> {
          if (isForwarded(name)
              && value.length() <= MAX_VALUE_LENGTH
              && forwarded.size() < MAX_HEADERS) {
            forwarded.put(name, value);
          }
        });
    return forwarded;
  }

  private static boolean isForwarded(String name) {
    return NAMES.contains(name) || PREFIXES.stream().anyMatch(name::startsWith);
  }
}
