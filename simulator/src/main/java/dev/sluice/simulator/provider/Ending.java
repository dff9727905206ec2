package dev.sluice.simulator.provider;

import java.time.Duration;
import java.util.List;

/** How a call ends on its connection. */
public sealed interface Ending {
  /** With a whole answer. */
  record Answer(Reply reply) implements Ending {}

  /**
   * In the middle of an answer: its length is announced, half of it sent, the connection closed.
   */
  record HalfAnswer(Reply reply) implements Ending {}

  /**
   * Event by event.
   *
   * @param head the answer without its body
   * @param pause between two events
   * @param cut whether the connection ends in the middle
   */
  record Stream(Reply head, List<String> events, Duration pause, boolean cut) implements Ending {
    public Stream {
      events = List.copyOf(events);
    }
  }

  /** With a reset instead of an answer. */
  record Reset() implements Ending {}

  /** With nothing, for a long time. */
  record Silence() implements Ending {}
}
