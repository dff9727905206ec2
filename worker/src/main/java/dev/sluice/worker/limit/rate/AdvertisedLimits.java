package dev.sluice.worker.limit.rate;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one reply tells of the provider's limits; empty where it tells nothing.
 *
 * @param levels what it tells of each
 */
public record AdvertisedLimits(Map<LimitKind, AdvertisedLimit> levels) {
  public static final AdvertisedLimits UNKNOWN = new AdvertisedLimits(Map.of());

  public AdvertisedLimits {
    levels = levels.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(levels));
  }

  /**
   * One limit.
   *
   * @param limit how much is allowed, at least 1
   * @param per in which time
   * @param remaining how much of it is left; null where the reply does not say
   * @param reset how long until nothing of it is spent any more; null where the reply does not say
   */
  public record AdvertisedLimit(
      long limit, Duration per, @Nullable Long remaining, @Nullable Duration reset) {
    public AdvertisedLimit {
      if (limit < 1 || !per.isPositive()) {
        throw new IllegalArgumentException("%d per %s is no limit".formatted(limit, per));
      }
    }

    /** The limit as an amount per second. */
    public double perSecond() {
      return limit * 1e9 / per.toNanos();
    }
  }
}
