package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import java.time.Duration;
import java.util.Map;

/** A provider with one limit, in a time that a test turns on. */
final class VirtualProvider {
  private static final double SECOND = 1e9;

  /** What the replies tell. */
  enum AdvertisedHeaders {
    ALL,
    RETRY_AFTER
  }

  /**
   * What came of a call.
   *
   * @param retryAfter zero where it was let in
   */
  record Answer(boolean letIn, Duration retryAfter, AdvertisedLimits standing) {}

  private final double windowSeconds;
  private final double burstSeconds;
  private final AdvertisedHeaders advertisedHeaders;
  private final boolean refusedCallsCount;
  private double perMinute;
  private double level;
  private long at;

  private VirtualProvider(
      double perMinute,
      double windowSeconds,
      double burstSeconds,
      AdvertisedHeaders advertisedHeaders,
      boolean refusedCallsCount) {
    this.perMinute = perMinute;
    this.windowSeconds = windowSeconds;
    this.burstSeconds = burstSeconds;
    this.advertisedHeaders = advertisedHeaders;
    this.refusedCallsCount = refusedCallsCount;
    this.level = capacity();
  }

  static VirtualProvider bucket(
      double perMinute, double burstSeconds, AdvertisedHeaders advertisedHeaders) {
    return new VirtualProvider(perMinute, 0, burstSeconds, advertisedHeaders, false);
  }

  static VirtualProvider bucketThatCountsRefusals(
      double perMinute, double burstSeconds, AdvertisedHeaders advertisedHeaders) {
    return new VirtualProvider(perMinute, 0, burstSeconds, advertisedHeaders, true);
  }

  static VirtualProvider window(
      double perMinute, double windowSeconds, AdvertisedHeaders advertisedHeaders) {
    return new VirtualProvider(perMinute, windowSeconds, 0, advertisedHeaders, false);
  }

  void limit(double newPerMinute, long now) {
    refill(now);
    perMinute = newPerMinute;
    level = Math.min(level, capacity());
  }

  /** Somebody else on the same key. */
  void spendElsewhere(long now) {
    refill(now);
    if (level >= 1) {
      level -= 1;
    }
  }

  /**
   * @param amount what the call takes of the limit
   */
  Answer call(LimitKind what, long amount, long now) {
    refill(now);
    boolean letIn = level >= amount;
    if (letIn) {
      level -= amount;
    } else if (refusedCallsCount) {
      level = Math.max(0, level - amount);
    }
    double wait = letIn ? 0 : secondsUntil((double) amount, now);
    return new Answer(letIn, nanos(wait), standing(what, now));
  }

  private AdvertisedLimits standing(LimitKind what, long now) {
    if (advertisedHeaders == AdvertisedHeaders.RETRY_AFTER) {
      return AdvertisedLimits.UNKNOWN;
    }
    Duration reset = nanos(secondsUntil(capacity(), now));
    return new AdvertisedLimits(
        Map.of(
            what,
            new AdvertisedLimit((long) perMinute, Duration.ofMinutes(1), (long) level, reset)));
  }

  private double secondsUntil(double wanted, long now) {
    if (level >= wanted) {
      return 0;
    }
    if (windowSeconds > 0) {
      double inWindow = now / SECOND % windowSeconds;
      return windowSeconds - inWindow;
    }
    return (wanted - level) / (perMinute / 60);
  }

  private double capacity() {
    return Math.max(1, perMinute / 60 * (windowSeconds > 0 ? windowSeconds : burstSeconds));
  }

  private void refill(long now) {
    if (windowSeconds > 0) {
      long before = (long) (at / SECOND / windowSeconds);
      if ((long) (now / SECOND / windowSeconds) > before) {
        level = capacity();
      }
    } else {
      level = Math.min(capacity(), level + (now - at) / SECOND * perMinute / 60);
    }
    at = now;
  }

  private static Duration nanos(double seconds) {
    return Duration.ofNanos((long) Math.ceil(seconds * SECOND));
  }
}
