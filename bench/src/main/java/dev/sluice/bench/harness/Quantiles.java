package dev.sluice.bench.harness;

import java.util.List;

/** Quantiles of measured values. */
public final class Quantiles {
  private Quantiles() {}

  /**
   * A quantile by the nearest rank.
   *
   * @param sorted values in ascending order, at least one
   * @param fraction 0 for the lowest value, 1 for the highest
   */
  public static <T> T of(List<T> sorted, double fraction) {
    return sorted.get((int) Math.min(sorted.size() - 1L, (long) (fraction * sorted.size())));
  }
}
