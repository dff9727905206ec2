package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;

/** One limit of a provider in virtual time: a token bucket, or fixed windows of the clock. */
final class VirtualQuota {
  private static final double SECOND = 1e9;

  /** Rounding errors of the refill. */
  private static final double TOLERANCE = 1e-6;

  /** How a provider counts. */
  enum Law {
    BUCKET_1S(false, 1),
    BUCKET_6S(false, 6),
    BUCKET_60S(false, 60),
    WINDOW_1S(true, 1),
    WINDOW_10S(true, 10),
    WINDOW_60S(true, 60);

    final boolean isWindow;

    /** The quota, as a time of the limit's rate; the length of a window. */
    final int seconds;

    Law(boolean isWindow, int seconds) {
      this.isWindow = isWindow;
      this.seconds = seconds;
    }

    long windowNanos() {
      return seconds * 1_000_000_000L;
    }
  }

  private final Law law;
  private double perSecond;
  private double level;
  private long at;

  /** A quota that is full now. */
  VirtualQuota(Law law, double perSecond, long now) {
    this.law = law;
    this.perSecond = perSecond;
    this.level = capacity();
    this.at = now;
  }

  /** Changes the limit; what is stored beyond the new capacity is lost. */
  void setPerSecond(double latest, long now) {
    refill(now);
    perSecond = latest;
    level = Math.min(level, capacity());
  }

  boolean has(double amount, long now) {
    refill(now);
    return level + TOLERANCE >= amount;
  }

  /** Charges an amount, also beyond the quota. */
  void charge(double amount, long now) {
    refill(now);
    level -= amount;
  }

  /** Returns the time until the quota has an amount, in nanoseconds. */
  long nanosUntil(double amount, long now) {
    refill(now);
    if (level + TOLERANCE >= amount) {
      return 0;
    }
    if (!law.isWindow) {
      return 1 + (long) ((amount - level) / perSecond * SECOND);
    }
    return law.windowNanos() - Math.floorMod(now, law.windowNanos());
  }

  AdvertisedLimit advertised(long now) {
    Duration reset = Duration.ofNanos(nanosUntil(capacity(), now));
    return new AdvertisedLimit(
        Math.round(perSecond * 60), Duration.ofMinutes(1), (long) Math.max(0, level), reset);
  }

  private double capacity() {
    return perSecond * law.seconds;
  }

  private void refill(long now) {
    if (!law.isWindow) {
      level = Math.min(capacity(), level + (now - at) / SECOND * perSecond);
    } else if (Math.floorDiv(now, law.windowNanos()) > Math.floorDiv(at, law.windowNanos())) {
      level = capacity(); // calls beyond the quota of the last window are forgotten
    }
    at = now;
  }
}
