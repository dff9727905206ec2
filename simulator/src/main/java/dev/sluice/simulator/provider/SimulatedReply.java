package dev.sluice.simulator.provider;

import java.util.Map;

/**
 * An HTTP response.
 *
 * @param headers all headers except Content-Length
 */
public record SimulatedReply(int status, Map<String, String> headers, String body) {
  public SimulatedReply {
    headers = Map.copyOf(headers);
  }
}
