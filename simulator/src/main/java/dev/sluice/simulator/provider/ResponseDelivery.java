package dev.sluice.simulator.provider;

import java.time.Duration;
import java.util.List;

/** How the simulator sends a response on the connection. */
public sealed interface ResponseDelivery {
  /** A complete response. */
  record FullResponse(SimulatedReply reply) implements ResponseDelivery {}

  /** The full Content-Length, half of the body, then a closed connection. */
  record PartialResponse(SimulatedReply reply) implements ResponseDelivery {}

  /**
   * A stream of server-sent events.
   *
   * @param head status and headers
   * @param pause pause between two events
   * @param truncated whether the connection is closed after half of the events
   */
  record Stream(SimulatedReply head, List<String> events, Duration pause, boolean truncated)
      implements ResponseDelivery {
    public Stream {
      events = List.copyOf(events);
    }
  }

  /** A TCP reset instead of a response. */
  record Reset() implements ResponseDelivery {}

  /** No response until the --hang time has passed. */
  record NoResponse() implements ResponseDelivery {}
}
