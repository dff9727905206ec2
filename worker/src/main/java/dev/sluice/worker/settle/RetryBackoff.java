package dev.sluice.worker.settle;

import dev.sluice.platform.route.RouteSettings.Backoff;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Computes the delay before a retry: the Retry-After delay plus jitter, else exponential backoff
 * with full jitter.
 */
final class RetryBackoff {
  /** Shorter delays are not worth a pass through the broker's delay queues. */
  private static final Duration MIN_DELAY = Duration.ofMillis(250);

  /** Retry-After jitter: up to a tenth of the delay, at least up to 1 s, to spread the retries. */
  private static final long JITTER_DIVISOR = 10;

  private final Backoff backoff;
  private final RandomGenerator random;

  RetryBackoff(Backoff backoff, RandomGenerator random) {
    this.backoff = backoff;
    this.random = random;
  }

  /**
   * The delay before the next retry, at least 250 ms.
   *
   * @param retryAfter the Retry-After delay; null if the provider sent none
   * @param failures the number of failures of this kind, from 1
   * @param hold the remaining hold of the route; the task does not return earlier
   */
  Duration next(@Nullable Duration retryAfter, int failures, Duration hold) {
    Duration delay = retryAfter == null ? exponential(failures) : withJitter(retryAfter);
    Duration withHold = hold.compareTo(delay) > 0 ? withJitter(hold) : delay;
    return withHold.compareTo(MIN_DELAY) < 0 ? MIN_DELAY : withHold;
  }

  /** A random delay between half of the given one and 1.5 times of it, at least 250 ms. */
  Duration around(Duration delay) {
    long millis = delay.toMillis() / 2 + random.nextLong(delay.toMillis() + 1);
    return Duration.ofMillis(Math.max(MIN_DELAY.toMillis(), millis));
  }

  private Duration exponential(int failures) {
    double bound = (double) backoff.base().toMillis() * Math.pow(2, failures - 1.0);
    long millis = (long) Math.min(bound, (double) backoff.cap().toMillis());
    return Duration.ofMillis(random.nextLong(millis + 1));
  }

  private Duration withJitter(Duration delay) {
    long maxJitter = Math.max(1000, delay.toMillis() / JITTER_DIVISOR);
    return delay.plusMillis(random.nextLong(maxJitter + 1));
  }
}
