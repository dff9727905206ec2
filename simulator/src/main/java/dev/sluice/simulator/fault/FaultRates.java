package dev.sluice.simulator.fault;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Probability of each fault for calls without a marker.
 *
 * @param rates probabilities, 0-1; their sum is at most 1
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
      throw new IllegalArgumentException("the sum of the rates (%s) is above 1".formatted(sum));
    }
    rates = Map.copyOf(rates);
  }

  /** Draws at most one fault for a call. */
  public Optional<Fault> draw(RandomGenerator random) {
    double remaining = random.nextDouble();
    // Iterates in enum order: the order of Map.copyOf differs between JVM runs.
    for (Map.Entry<Fault, Double> entry : inOrder().entrySet()) {
      remaining -= entry.getValue();
      if (remaining < 0) {
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
