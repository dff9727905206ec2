package dev.sluice.simulator.provider;

import java.time.Duration;
import java.util.List;

/** How a call ends on its connection. */
public sealed interface ConnectionEnding {
  /** With a whole answer. */
  record Answer(SimulatedReply reply) implements ConnectionEnding {}

  /**
   * In the middle of an answer: its length is announced, half of it sent, the connection closed.
   */
  record HalfAnswer(SimulatedReply reply) implements ConnectionEnding {}

  /**
   * Event by event.
   *
   * @param head the answer without its body
   * @param pause between two events
   * @param cut whether the connection ends in the middle
   */
  record Stream(SimulatedReply head, List<String> events, Duration pause, boolean cut)
      implements ConnectionEnding {
    public Stream {
      events = List.copyOf(events);
    }
  }

  /** With a reset instead of an answer. */
  record Reset() implements ConnectionEnding {}

  /** With nothing, for a long time. */
  record Silence() implements ConnectionEnding {}
}
