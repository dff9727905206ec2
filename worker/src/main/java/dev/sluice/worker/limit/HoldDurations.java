package dev.sluice.worker.limit;

import dev.sluice.platform.route.RouteSettings;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Computes how long a route is held: the Retry-After delay, or exponential backoff; with jitter.
 *
 * <pre>
 *   kind                               without a Retry-After delay: base, cap
 *   RATE_LIMIT                         backoff.base, backoff.cap
 *   RATE_LIMIT, delay above 5 min      a probe every 5 min
 *   BREAKER                            breaker.probe-delay, breaker.probe-delay-cap
 *   QUOTA, API_KEY, MODEL_NOT_FOUND    30 s, 5 min
 *
 *   backoff  = min(cap, base * 2^(consecutive holds))
 *   duration = delay or backoff, + random(20 ms .. max(40 ms, 5 %))
 * </pre>
 */
final class HoldDurations {
  /** An operator must act: pay, or replace the key. */
  private static final Duration OPERATOR_BASE = Duration.ofSeconds(30);

  private static final Duration OPERATOR_CAP = Duration.ofMinutes(5);

  /** A provider or proxy may ask for a day, for one model only: probe earlier. */
  private static final Duration MAX_SILENT_WAIT = Duration.ofMinutes(5);

  private static final long JITTER_DIVISOR = 20;
  private static final long MIN_JITTER_MILLIS = 20;

  private final RouteSettings.Backoff backoff;
  private final RouteSettings.Breaker breaker;
  private final RandomGenerator random;

  HoldDurations(RouteSettings route, RandomGenerator random) {
    this.backoff = route.backoff();
    this.breaker = route.breaker();
    this.random = random;
  }

  /**
   * @param retryAfter the Retry-After delay; null if there was none
   * @param previousHolds number of consecutive holds before this one
   */
  Duration next(HoldKind kind, @Nullable Duration retryAfter, int previousHolds) {
    return switch (kind) {
      case RATE_LIMIT ->
          retryAfter != null
              ? withJitter(isLong(retryAfter) ? MAX_SILENT_WAIT : retryAfter)
              : withJitter(exponential(backoff.base(), backoff.cap(), previousHolds));
      case BREAKER ->
          withJitter(exponential(breaker.probeDelay(), breaker.probeDelayCap(), previousHolds));
      case QUOTA, API_KEY, MODEL_NOT_FOUND, MANUAL ->
          withJitter(
              retryAfter != null
                  ? retryAfter
                  : exponential(OPERATOR_BASE, OPERATOR_CAP, previousHolds));
    };
  }

  /** Whether a rate limit's hold is too long to wait for its end without probes. */
  static boolean isLong(Duration wait) {
    return wait.compareTo(MAX_SILENT_WAIT) >= 0;
  }

  private Duration withJitter(Duration duration) {
    long max = Math.max(2 * MIN_JITTER_MILLIS, duration.toMillis() / JITTER_DIVISOR);
    return duration.plusMillis(random.nextLong(MIN_JITTER_MILLIS, max + 1));
  }

  private static Duration exponential(Duration base, Duration cap, int previousHolds) {
    double millis = base.toMillis() * Math.pow(2, Math.min(previousHolds, 30));
    return Duration.ofMillis((long) Math.min(millis, (double) cap.toMillis()));
  }
}
