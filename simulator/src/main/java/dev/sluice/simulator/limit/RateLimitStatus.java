package dev.sluice.simulator.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Rate limit status of a key and model, as in the x-ratelimit headers.
 *
 * @param requests status of the limit on requests; null without a limit
 * @param tokens status of the limit on tokens; null without a limit
 */
public record RateLimitStatus(@Nullable LimitStatus requests, @Nullable LimitStatus tokens) {
  /** No limits, or an unknown key or model. */
  public static final RateLimitStatus UNLIMITED = new RateLimitStatus(null, null);

  /**
   * Status of one limit.
   *
   * @param limit limit per minute
   * @param remaining remaining quota
   * @param untilFull time until the full quota is available
   */
  public record LimitStatus(long limit, long remaining, Duration untilFull) {}
}
