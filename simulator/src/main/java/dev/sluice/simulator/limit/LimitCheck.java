package dev.sluice.simulator.limit;

import java.time.Duration;

/** Result of checking a call against the limits. */
public sealed interface LimitCheck {
  /** Limits, remaining quota and reset times after this call. */
  RateLimitStatus rateLimitStatus();

  /** The call is admitted and charged. */
  record Admitted(RateLimitStatus rateLimitStatus) implements LimitCheck {}

  /**
   * The call exceeds a limit.
   *
   * @param kind the limit with the longer wait
   * @param retryIn time after which the same call is admitted, if no other call is made
   */
  record Rejected(
      Kind kind,
      long limit,
      long used,
      long requested,
      Duration retryIn,
      RateLimitStatus rateLimitStatus)
      implements LimitCheck {}

  /** The call needs more tokens than the limit per minute, so that no wait helps. */
  record TooLarge(long limit, long requested, RateLimitStatus rateLimitStatus)
      implements LimitCheck {}

  /** The kinds of limits. */
  enum Kind {
    REQUESTS,
    TOKENS
  }
}
