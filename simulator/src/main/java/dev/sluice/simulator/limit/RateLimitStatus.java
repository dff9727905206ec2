package dev.sluice.simulator.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a key stands with a model, as the x-ratelimit headers tell it.
 *
 * @param requests null where requests are not limited
 * @param tokens null where tokens are not limited
 */
public record RateLimitStatus(@Nullable LimitStatus requests, @Nullable LimitStatus tokens) {
  /** Nothing is limited, or nothing is known. */
  public static final RateLimitStatus UNLIMITED = new RateLimitStatus(null, null);

  /**
   * One of the two limits.
   *
   * @param limit per minute
   * @param left what can be spent now
   * @param untilFull how long until nothing is spent any more
   */
  public record LimitStatus(long limit, long left, Duration untilFull) {}
}
