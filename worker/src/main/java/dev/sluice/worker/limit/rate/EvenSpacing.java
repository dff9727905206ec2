package dev.sluice.worker.limit.rate;

/**
 * Even spacing of the calls, just below the limit.
 *
 * <pre>
 *   rate = 0.99 * steady       the limit is known, but not how the provider counts
 *   rate = 0.985 * steady      fixed window of about a second
 *   rate = steady              inferred limit: CubicLimitSearch varies it already
 * </pre>
 *
 * @param factor the fraction of the steady rate
 */
record EvenSpacing(double factor) implements PacingStrategy {
  /** Safety margin: our window boundaries and the provider's are not aligned. */
  static final double MARGIN = 0.99;

  /** 1.5 % of a one-second window = 15 ms, the scheduling delay measured under load. */
  private static final double SHORT_WINDOW_MARGIN = 0.985;

  static final EvenSpacing BELOW_LIMIT = new EvenSpacing(MARGIN);
  static final EvenSpacing SHORT_WINDOW = new EvenSpacing(SHORT_WINDOW_MARGIN);
  static final EvenSpacing AT_LIMIT = new EvenSpacing(1);

  @Override
  public double perSecond(double steady, double max, long now) {
    return steady * factor;
  }
}
