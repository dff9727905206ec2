package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import java.time.Duration;
import java.util.Map;

/** A provider with one limit, in virtual time. */
final class VirtualProvider {
  private static final double SECOND = 1e9;

  /** What the replies advertise. */
  enum AdvertisedHeaders {
    ALL,
    RETRY_AFTER
  }

  /**
   * The result of a call.
   *
   * @param retryAfter zero if it was admitted
   */
  record Answer(boolean admitted, Duration retryAfter, AdvertisedLimits advertised) {}

  private final double windowSeconds;
  private final double burstSeconds;
  private final AdvertisedHeaders advertisedHeaders;
  private final boolean countsRejectedCalls;
  private double perMinute;
  private double level;
  private long at;

  private VirtualProvider(
      double perMinute,
      double windowSeconds,
      double burstSeconds,
      AdvertisedHeaders advertisedHeaders,
      boolean countsRejectedCalls) {
    this.perMinute = perMinute;
    this.windowSeconds = windowSeconds;
    this.burstSeconds = burstSeconds;
    this.advertisedHeaders = advertisedHeaders;
    this.countsRejectedCalls = countsRejectedCalls;
    this.level = capacity();
  }

  static VirtualProvider bucket(
      double perMinute, double burstSeconds, AdvertisedHeaders advertisedHeaders) {
    return new VirtualProvider(perMinute, 0, burstSeconds, advertisedHeaders, false);
  }

  static VirtualProvider bucketThatCountsRejectedCalls(
      double perMinute, double burstSeconds, AdvertisedHeaders advertisedHeaders) {
    return new VirtualProvider(perMinute, 0, burstSeconds, advertisedHeaders, true);
  }

  static VirtualProvider window(
      double perMinute, double windowSeconds, AdvertisedHeaders advertisedHeaders) {
    return new VirtualProvider(perMinute, windowSeconds, 0, advertisedHeaders, false);
  }

  void setLimit(double newPerMinute, long now) {
    refill(now);
    perMinute = newPerMinute;
    level = Math.min(level, capacity());
  }

  /** Another client of the same key sends a call. */
  void onOtherClientsCall(long now) {
    refill(now);
    if (level >= 1) {
      level -= 1;
    }
  }

  /**
   * @param amount what the call consumes of the limit
   */
  Answer call(LimitKind kind, long amount, long now) {
    refill(now);
    boolean admitted = level >= amount;
    if (admitted) {
      level -= amount;
    } else if (countsRejectedCalls) {
      level = Math.max(0, level - amount);
    }
    double wait = admitted ? 0 : secondsUntil((double) amount, now);
    return new Answer(admitted, nanos(wait), advertised(kind, now));
  }

  private AdvertisedLimits advertised(LimitKind kind, long now) {
    if (advertisedHeaders == AdvertisedHeaders.RETRY_AFTER) {
      return AdvertisedLimits.UNKNOWN;
    }
    Duration reset = nanos(secondsUntil(capacity(), now));
    return new AdvertisedLimits(
        Map.of(
            kind,
            new AdvertisedLimit((long) perMinute, Duration.ofMinutes(1), (long) level, reset)));
  }

  private double secondsUntil(double amount, long now) {
    if (level >= amount) {
      return 0;
    }
    if (windowSeconds > 0) {
      double elapsed = now / SECOND % windowSeconds;
      return windowSeconds - elapsed;
    }
    return (amount - level) / (perMinute / 60);
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
