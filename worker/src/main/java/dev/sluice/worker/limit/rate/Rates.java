package dev.sluice.worker.limit.rate;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How much of each dimension the workers together may use per second; what is not there has no
 * bound.
 *
 * @param perSecond above 0
 * @param punctual whether a call that is late moves all later ones, and nothing is saved up: so it
 *     is where the provider counts by the second, and a late call would meet the next second's
 */
public record Rates(Map<LimitKind, Double> perSecond, boolean punctual) {
  /** Nothing is bounded. */
  public static final Rates UNBOUNDED = new Rates(Map.of(), false);

  public Rates {
    perSecond = perSecond.isEmpty() ? Map.of() : new EnumMap<>(perSecond);
  }

  public OptionalDouble of(LimitKind limitKind) {
    Double rate = perSecond.get(limitKind);
    return rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate);
  }

  /** The same, each multiplied. */
  public Rates times(double factor) {
    Map<LimitKind, Double> all = new EnumMap<>(LimitKind.class);
    perSecond.forEach((limitKind, rate) -> all.put(limitKind, rate * factor));
    return new Rates(all, punctual);
  }

  /** Whether a rate of the other differs from this one's by more than the part of it. */
  public boolean differsFrom(Rates other, double part) {
    if (!perSecond.keySet().equals(other.perSecond.keySet())) {
      return true;
    }
    return perSecond.entrySet().stream()
        .anyMatch(
            entry -> {
              double mine = entry.getValue();
              double others = other.perSecond.getOrDefault(entry.getKey(), 0.0);
              return Math.abs(mine - others) > part * mine;
            });
  }
}
