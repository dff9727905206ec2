package dev.sluice.worker.limit.rate;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The limits that one reply advertises in its headers.
 *
 * @param limits one entry for each advertised limit; empty if there is none
 */
public record AdvertisedLimits(Map<LimitKind, AdvertisedLimit> limits) {
  private static final int SEVERAL_CALLS = 3;

  public static final AdvertisedLimits UNKNOWN = new AdvertisedLimits(Map.of());

  public AdvertisedLimits {
    limits = limits.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(limits));
  }

  /**
   * Whether the quota that remains is several times what a call consumes, of all limits. Then none
   * of them has rejected the call.
   */
  public boolean hasQuotaFor(TokenCost cost) {
    return !limits.isEmpty()
        && limits.entrySet().stream()
            .allMatch(entry -> entry.getValue().hasQuotaFor(cost.amount(entry.getKey())));
  }

  /**
   * One advertised limit.
   *
   * @param limit the quota per period, at least 1
   * @param per the period, above 0
   * @param remaining the remaining quota; null if it is not advertised
   * @param reset time until the whole quota is available again; null if it is not advertised
   */
  public record AdvertisedLimit(
      long limit, Duration per, @Nullable Long remaining, @Nullable Duration reset) {
    public AdvertisedLimit {
      if (limit < 1 || !per.isPositive()) {
        throw new IllegalArgumentException(
            "limit and period must be positive: %d per %s".formatted(limit, per));
      }
    }

    private boolean hasQuotaFor(long amount) {
      return remaining != null && remaining >= SEVERAL_CALLS * Math.max(1, amount);
    }

    /** Returns the limit as an amount per second. */
    public double perSecond() {
      return limit * 1e9 / per.toNanos();
    }
  }
}
