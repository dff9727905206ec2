package dev.sluice.bench.latency;

import dev.sluice.bench.harness.Quantiles;
import java.util.Collection;
import java.util.List;

/**
 * Differences between arrival and due time.
 *
 * @param millis sorted; negative means early
 */
record Lateness(List<Long> millis) {

  static Lateness of(Collection<Long> millis) {
    return new Lateness(millis.stream().sorted().toList());
  }

  boolean anyEarly() {
    return at(0) < 0;
  }

  String description() {
    return "%d returned, late by p50 %d ms, p99 %d ms, max %d ms, min %d ms"
        .formatted(millis.size(), at(0.5), at(0.99), at(1), at(0));
  }

  private long at(double quantile) {
    return millis.isEmpty() ? 0 : Quantiles.of(millis, quantile);
  }
}
