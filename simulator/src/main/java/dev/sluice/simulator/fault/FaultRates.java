package dev.sluice.simulator.fault;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How often each fault strikes a call that no marker speaks for.
 *
 * @param rates the probability of each, 0-1, together at most 1
 */
public record FaultRates(Map<Fault, Double> rates) {
  public static final FaultRates NONE = new FaultRates(Map.of());

  public FaultRates {
    rates.forEach(
        (fault, rate) -> {
          if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException(
                "the rate %s of %s is not within 0-1".formatted(rate, fault.wireName()));
          }
        });
    double sum = rates.values().stream().mapToDouble(Double::doubleValue).sum();
    if (sum > 1 + 1e-9) {
      throw new IllegalArgumentException("the rates add up to %s, above 1".formatted(sum));
    }
    rates = Map.copyOf(rates);
  }

  /** At most one fault for a call. */
  public Optional<Fault> draw(RandomGenerator random) {
    double left = random.nextDouble();
    // In the order of the enum: a map's own order would change from start to start.
    for (Map.Entry<Fault, Double> entry : inOrder().entrySet()) {
      left -= entry.getValue();
      if (left < 0) {
        return Optional.of(entry.getKey());
      }
    }
    return Optional.empty();
  }

  private Map<Fault, Double> inOrder() {
    Map<Fault, Double> ordered = new EnumMap<>(Fault.class);
    ordered.putAll(rates);
    return ordered;
  }
}
