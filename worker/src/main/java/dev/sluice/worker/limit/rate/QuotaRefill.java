package dev.sluice.worker.limit.rate;

/** How the quota of a limit grows with time. Pure. */
sealed interface QuotaRefill {
  double SECOND = 1e9;

  /** Returns the quota at a later time, if nothing is charged until then. */
  double after(double quota, long from, long until);

  /** Returns the time at which the quota reaches an amount that it does not have. */
  long reaches(double amount, double quota, long from);

  /** Returns the largest quota. */
  double capacity();

  /**
   * A token bucket.
   *
   * <pre>
   *   quota(t) = min(capacity, quota + perSecond * t)
   * </pre>
   */
  record Bucket(double capacity, double perSecond) implements QuotaRefill {
    @Override
    public double after(double quota, long from, long until) {
      return Math.min(capacity, quota + perSecond * Math.max(0, until - from) / SECOND);
    }

    @Override
    public long reaches(double amount, double quota, long from) {
      return from + (long) (Math.max(0, amount - quota) / perSecond * SECOND);
    }
  }

  /**
   * A fixed window.
   *
   * <pre>
   *   quota(t) = quota        before its end
   *              capacity     at its end, and at the end of each later one
   * </pre>
   *
   * @param end of the current window
   * @param length of the later ones in nanoseconds
   */
  record Window(double capacity, long end, long length) implements QuotaRefill {
    @Override
    public double after(double quota, long from, long until) {
      return endAfter(from) - until <= 0 ? capacity : quota;
    }

    @Override
    public long reaches(double amount, double quota, long from) {
      return quota >= amount ? from : endAfter(from);
    }

    /** Returns the first end of a window after a time. */
    private long endAfter(long time) {
      return time - end < 0 ? end : end + (Math.floorDiv(time - end, length) + 1) * length;
    }
  }
}
