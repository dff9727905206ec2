package dev.sluice.client.task;

import dev.sluice.common.wire.CallStats;
import java.util.Map;

/**
 * The provider's response.
 *
 * @param status the HTTP status; outside 200-299 an error that a retry does not fix
 * @param headers the provider's headers about the reply and limits, with names in lower case
 * @param body the provider's JSON, byte for byte
 * @param stats attempts, tokens and latency of the calls
 */
public record LlmAnswer(int status, Map<String, String> headers, String body, CallStats stats) {
  public LlmAnswer {
    headers = Map.copyOf(headers);
  }

  /** Whether the status is in 200-299. */
  public boolean isOk() {
    return status / 100 == 2;
  }
}
