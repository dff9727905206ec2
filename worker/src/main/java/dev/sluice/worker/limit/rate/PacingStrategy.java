package dev.sluice.worker.limit.rate;

/** Computes a rate from a limit and its remaining quota. Pure. */
sealed interface PacingStrategy
    permits DailyQuota, EvenSpacing, LongWindowPacing, TokenBucketPacing {

  /**
   * Returns the rate per second of all workers together.
   *
   * @param steady the limit per second, times the confidence in it
   * @param max the maximum per second: {@code steady} if bursts are not allowed, else infinite
   */
  double perSecond(double steady, double max, long now);
}
