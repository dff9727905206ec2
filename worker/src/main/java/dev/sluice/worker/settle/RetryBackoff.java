package dev.sluice.worker.settle;

import dev.sluice.common.route.RouteSettings.Backoff;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a task comes back: as the provider said and a little later, else by exponential backoff with
 * full jitter.
 */
final class RetryBackoff {
  /** Below this the broker's delays are not worth the way. */
  private static final Duration SHORTEST = Duration.ofMillis(250);

  /** A told time grows by up to a tenth of it, and at least by up to a second: never a herd. */
  private static final long SPREAD = 10;

  private final Backoff backoff;
  private final RandomGenerator random;

  RetryBackoff(Backoff backoff, RandomGenerator random) {
    this.backoff = backoff;
    this.random = random;
  }

  /**
   * @param told what the provider said; null where it said nothing
   * @param failures how often it failed in this way, from 1
   * @param rest how long its route rests: nobody comes back before that is over
   */
  Duration next(@Nullable Duration told, int failures, Duration rest) {
    Duration own = told == null ? jittered(failures) : spread(told);
    Duration time = rest.compareTo(own) > 0 ? spread(rest) : own;
    return time.compareTo(SHORTEST) < 0 ? SHORTEST : time;
  }

  private Duration jittered(int failures) {
    double bound = (double) backoff.base().toMillis() * Math.pow(2, failures - 1.0);
    long millis = (long) Math.min(bound, (double) backoff.cap().toMillis());
    return Duration.ofMillis(random.nextLong(millis + 1));
  }

  private Duration spread(Duration told) {
    long most = Math.max(1000, told.toMillis() / SPREAD);
    return told.plusMillis(random.nextLong(most + 1));
  }
}
