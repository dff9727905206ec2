package dev.sluice.worker.fleet;

import java.time.Duration;

/**
 * This worker's fraction of a route's limits: its consumers ÷ all consumers that the broker counts.
 *
 * <p>A decrease applies immediately, an increase only after 1.5 s, because the peers poll the count
 * and must reduce their fractions first. So the fractions never add up to more than 1 for long.
 */
final class LimitFraction {
  /** Applies until the first count. It is small because the peers do not yet count this worker. */
  private static final double INITIAL_FRACTION = 0.01;

  private static final long INCREASE_DELAY = Duration.ofMillis(1_500).toNanos();

  private final int ownConsumers;
  private double limitFraction = INITIAL_FRACTION;
  private double latest = INITIAL_FRACTION;
  private long latestSince;

  LimitFraction(int ownConsumers, long now) {
    this.ownConsumers = ownConsumers;
    this.latestSince = now;
  }

  /**
   * Applies a consumer count of the route; a count below this worker's own consumers is raised to
   * them.
   */
  synchronized void onConsumerCount(int consumers, long now) {
    double current = (double) ownConsumers / Math.max(consumers, ownConsumers);
    if (current != latest) {
      latestSince = now;
    }
    latest = current;
    if (current <= limitFraction || now - latestSince >= INCREASE_DELAY) {
      limitFraction = current;
    }
  }

  /** Returns the fraction, above 0 and up to 1. */
  synchronized double limitFraction() {
    return limitFraction;
  }
}
