package dev.sluice.simulator.provider;

import java.util.Map;

/**
 * An HTTP answer.
 *
 * @param headers all but Content-Length
 */
public record SimulatedReply(int status, Map<String, String> headers, String body) {
  public SimulatedReply {
    headers = Map.copyOf(headers);
  }
}
