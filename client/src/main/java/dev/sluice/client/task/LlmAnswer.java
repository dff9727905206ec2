package dev.sluice.client.task;

import dev.sluice.common.wire.CallStats;
import java.util.Map;

/**
 * What the provider answered.
 *
 * @param status its HTTP status; one outside 200-299 is a refusal that no waiting mends
 * @param headers those that speak of the reply and of limits, names in small letters
 * @param body its own JSON, byte for byte
 * @param stats what is known of the calls
 */
public record LlmAnswer(int status, Map<String, String> headers, String body, CallStats stats) {
  public LlmAnswer {
    headers = Map.copyOf(headers);
  }

  public boolean isOk() {
    return status / 100 == 2;
  }
}
