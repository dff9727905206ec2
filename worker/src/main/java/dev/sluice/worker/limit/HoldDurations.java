package dev.sluice.worker.limit;

import dev.sluice.common.route.RouteSettings;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long a route rests: as the provider said and a little longer, else growing from time to time.
 */
final class HoldDurations {
  /** Where a person has to do something: pay, or put another key in its place. */
  private static final Duration FOR_A_PERSON = Duration.ofSeconds(30);

  private static final Duration FOR_A_PERSON_AT_MOST = Duration.ofMinutes(5);

  /** A told time is lengthened by up to a twentieth of it, and always by something. */
  private static final long TOLD_PART = 20;

  private static final long LEAST_MILLIS = 20;

  private final RouteSettings.Backoff untold;
  private final RouteSettings.Breaker breaker;
  private final RandomGenerator random;

  HoldDurations(RouteSettings route, RandomGenerator random) {
    this.untold = route.backoff();
    this.breaker = route.breaker();
    this.random = random;
  }

  /**
   * @param told what the provider said; null where it said nothing
   * @param before how many rests there were in a row before this one
   */
  Duration next(HoldKind kind, @Nullable Duration told, int before) {
    return switch (kind) {
      case RATE_LIMIT ->
          told != null ? longer(told) : longer(grown(untold.base(), untold.cap(), before));
      case BREAKER -> longer(grown(breaker.probeAfter(), breaker.probeCap(), before));
      case QUOTA, KEY, MODEL_GONE, BY_HAND ->
          longer(told != null ? told : grown(FOR_A_PERSON, FOR_A_PERSON_AT_MOST, before));
    };
  }

  private Duration longer(Duration time) {
    long most = Math.max(2 * LEAST_MILLIS, time.toMillis() / TOLD_PART);
    return time.plusMillis(random.nextLong(LEAST_MILLIS, most + 1));
  }

  private static Duration grown(Duration base, Duration cap, int before) {
    double millis = base.toMillis() * Math.pow(2, Math.min(before, 30));
    return Duration.ofMillis((long) Math.min(millis, (double) cap.toMillis()));
  }
}
