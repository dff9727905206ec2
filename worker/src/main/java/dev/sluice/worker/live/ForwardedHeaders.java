package dev.sluice.worker.live;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which of the provider's headers a caller gets: those that speak of the reply and of limits, and
 * never more than fit into a frame of the broker.
 */
final class ForwardedHeaders {
  private static final int LONGEST = 512;
  private static final int MOST = 64;

  private ForwardedHeaders() {}

  static Map<String, String> of(Map<String, String> headers) {
    Map<String, String> passed = new TreeMap<>();
    headers.forEach(
        (name, value) -> {
          if (isPassed(name) && value.length() <= LONGEST && passed.size() < MOST) {
            passed.put(name, value);
          }
        });
    return passed;
  }

  private static boolean isPassed(String name) {
    return name.equals("content-type")
        || name.startsWith("retry-after")
        || name.equals("request-id")
        || (name.startsWith("x-") && !name.startsWith("x-forwarded"))
        || Stream.of("openai-", "anthropic-", "azureml-", "apim-").anyMatch(name::startsWith);
  }
}
