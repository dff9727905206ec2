package dev.sluice.simulator.provider;

/** How a call ends on its connection. */
public sealed interface Ending {
  /** With a whole answer. */
  record Answer(Reply reply) implements Ending {}

  /**
   * In the middle of an answer: its length is announced, half of it sent, the connection closed.
   */
  record HalfAnswer(Reply reply) implements Ending {}

  /** With a reset instead of an answer. */
  record Reset() implements Ending {}

  /** With nothing, for a long time. */
  record Silence() implements Ending {}
}
