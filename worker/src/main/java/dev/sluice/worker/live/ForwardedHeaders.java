package dev.sluice.worker.live;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Selects the provider's headers that a caller receives: headers about the reply and the limits, at
 * most as many as fit into an AMQP frame.
 */
final class ForwardedHeaders {
  private static final int MAX_VALUE_LENGTH = 512;
  private static final int MAX_HEADERS = 64;

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
    return name.equals("content-type")
        || name.startsWith("retry-after")
        || name.equals("request-id")
        || (name.startsWith("x-") && !name.startsWith("x-forwarded"))
        || Stream.of("openai-", "anthropic-", "azureml-", "apim-").anyMatch(name::startsWith);
  }
}
