package dev.sluice.worker.limit.rate;

/**
 * Spend-down of a fixed window of more than two seconds, such as the clock's minute.
 *
 * <pre>
 *   rate = 0.99 * min(remaining / reset, 3 * steady)
 *   rate = 0.99 * steady                               window over, or ends within 2 s
 * </pre>
 *
 * <p>The remaining quota is spread until the window ends. Quota that is left at the end is lost, so
 * the rate may exceed the limit's. At the edge of a window the reading may be that of the last one.
 *
 * @param reading the latest reply
 */
record LongWindow(QuotaReading reading) implements PacingStrategy {
  private static final double MAX_FACTOR = 3;
  private static final double MIN_RESET_SECONDS = 2;

  @Override
  public double perSecond(double steady, double max, long now) {
    double resetSeconds = reading.resetSeconds();
    boolean isOver = resetSeconds - reading.age(now) <= 0;
    if (isOver || resetSeconds < MIN_RESET_SECONDS) {
      return steady * EvenSpacing.MARGIN;
    }
    double rate = Math.min(reading.remainingBeforeCall() / resetSeconds, MAX_FACTOR * steady);
    return Math.min(rate, max) * EvenSpacing.MARGIN;
  }
}
