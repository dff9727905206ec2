package dev.sluice.worker.limit.rate;

/**
 * Spend-down of a fixed window of more than two seconds, such as the clock's minute.
 *
 * <pre>
 *   rate = level / 0.25 s
 * </pre>
 *
 * <p>Quota that remains at the end of the window is lost, so it is spent as fast as concurrency
 * allows. Then the calls wait for the end of the window.
 *
 * @param level the predicted quota of the window
 */
record LongWindowPacing(double level) implements PacingStrategy {
  private static final double SPEND_DOWN_SECONDS = 0.25;

  @Override
  public double perSecond(double steady, double max, long now) {
    return Math.min(level / SPEND_DOWN_SECONDS, max);
  }
}
