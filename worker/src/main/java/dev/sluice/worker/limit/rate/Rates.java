package dev.sluice.worker.limit.rate;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Target rates of all workers of a route together. A limit without an entry is unlimited.
 *
 * @param perSecond amounts per second, above 0
 * @param strictSpacing whether a late call delays all later calls and unused rate is not stored.
 *     Providers with one-second windows need this: a late call would fall into the next window
 */
public record Rates(Map<LimitKind, Double> perSecond, boolean strictSpacing) {
  public static final Rates UNLIMITED = new Rates(Map.of(), false);

  public Rates {
    perSecond = perSecond.isEmpty() ? Map.of() : new EnumMap<>(perSecond);
  }

  public OptionalDouble of(LimitKind kind) {
    Double rate = perSecond.get(kind);
    return rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate);
  }

  /** Returns all rates multiplied by a factor. */
  public Rates times(double factor) {
    Map<LimitKind, Double> scaled = new EnumMap<>(LimitKind.class);
    perSecond.forEach((kind, rate) -> scaled.put(kind, rate * factor));
    return new Rates(scaled, strictSpacing);
  }

  /** Whether any rate of the other differs from this one's by more than a fraction of it. */
  public boolean differsFrom(Rates other, double fraction) {
    if (!perSecond.keySet().equals(other.perSecond.keySet())) {
      return true;
    }
    return perSecond.entrySet().stream()
        .anyMatch(
            entry -> {
              double own = entry.getValue();
              double others = other.perSecond.getOrDefault(entry.getKey(), 0.0);
              return Math.abs(own - others) > fraction * own;
            });
  }
}
