package dev.sluice.simulator.limit;

import java.time.Duration;

/** What the limits say to a call. */
public sealed interface Admission {
  /** How the key stands after this call. */
  Standing standing();

  /** It may go on, and is paid for. */
  record Admitted(Standing standing) implements Admission {}

  /**
   * Too early.
   *
   * @param kind which limit has the longer wait
   * @param retryIn exactly so much later the same call is admitted, if no other comes before it
   */
  record Refused(
      Kind kind, long limit, long used, long requested, Duration retryIn, Standing standing)
      implements Admission {}

  /** More tokens than a whole minute has: waiting cannot help. */
  record TooLarge(long limit, long requested, Standing standing) implements Admission {}

  /** Which limit. */
  enum Kind {
    REQUESTS,
    TOKENS
  }
}
