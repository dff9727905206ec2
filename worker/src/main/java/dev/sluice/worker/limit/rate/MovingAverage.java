package dev.sluice.worker.limit.rate;

/**
 * An exponentially weighted moving average (EWMA). The first value is the average.
 *
 * <pre>
 *   average = average + smoothing * (value - average)
 * </pre>
 */
public final class MovingAverage {
  private final double smoothing;
  private double average;
  private boolean isEmpty = true;

  /**
   * @param smoothing weight of a new value, above 0 and below 1
   */
  public MovingAverage(double smoothing) {
    this.smoothing = smoothing;
  }

  public void add(double value) {
    average = isEmpty ? value : average + smoothing * (value - average);
    isEmpty = false;
  }

  /** Returns the average; the other value before the first one is added. */
  public double orElse(double other) {
    return isEmpty ? other : average;
  }
}
