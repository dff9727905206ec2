package dev.sluice.simulator.limit;

import java.time.Duration;

/** What the limits say to a call. */
public sealed interface LimitCheck {
  /** How the key stands after this call. */
  RateLimitStatus standing();

  /** It may go on, and is paid for. */
  record Admitted(RateLimitStatus standing) implements LimitCheck {}

  /**
   * Too early.
   *
   * @param kind which limit has the longer wait
   * @param retryIn exactly so much later the same call is admitted, if no other comes before it
   */
  record Rejected(
      Kind kind, long limit, long used, long requested, Duration retryIn, RateLimitStatus standing)
      implements LimitCheck {}

  /** More tokens than a whole minute has: waiting cannot help. */
  record TooLarge(long limit, long requested, RateLimitStatus standing) implements LimitCheck {}

  /** Which limit. */
  enum Kind {
    REQUESTS,
    TOKENS
  }
}
