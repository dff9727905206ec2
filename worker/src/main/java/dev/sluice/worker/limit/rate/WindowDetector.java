package dev.sluice.worker.limit.rate;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.DoubleSummaryStatistics;

/**
 * Detects whether a provider counts with a token bucket or with fixed windows, from the remaining
 * quota and the reset time in its headers.
 *
 * <pre>
 *   depth = remaining + reset * limit per second     for each reply
 *
 *   depth over time                          kind
 *   constant: spread &lt;= 8 % and slope ~ 0     TOKEN_BUCKET, of that depth
 *   else, longest reset &gt; 2 s                 LONG_FIXED_WINDOW
 *   else                                      SHORT_FIXED_WINDOW
 *   fewer than 4 replies, or within 1.5 s     UNKNOWN
 * </pre>
 *
 * <p>In a token bucket, remaining and refill always add up to the bucket's depth. In a fixed window
 * the sum falls at least at the limit's rate, and jumps at the end of the window.
 */
final class WindowDetector {
  private static final double SECOND = 1e9;
  private static final long MIN_SAMPLE_INTERVAL = Duration.ofMillis(200).toNanos();
  private static final int MAX_SAMPLES = 12;
  private static final int MIN_SAMPLES = 4;
  private static final double MIN_OBSERVED_SECONDS = 1.5;
  private static final double MAX_BUCKET_SPREAD = 0.08;

  /** A bucket's slope is below this fraction of the limit; a window's slope is the whole limit. */
  private static final double MAX_BUCKET_SLOPE = 0.25;

  private static final double LONG_WINDOW_SECONDS = 2;

  /** The network's jitter, and rounded reset times. */
  private static final long WINDOW_MARGIN = Duration.ofMillis(20).toNanos();

  /** How the provider counts. */
  enum Kind {
    UNKNOWN,
    TOKEN_BUCKET,
    /** A fixed window of more than two seconds, such as the clock's minute. */
    LONG_FIXED_WINDOW,
    /** A fixed window of about one second, with a fraction of the limit. */
    SHORT_FIXED_WINDOW
  }

  /** The bucket depth that one reply implies. */
  private record DepthSample(double seconds, double depth) {}

  private final Deque<DepthSample> samples = new ArrayDeque<>();
  private Kind kind = Kind.UNKNOWN;
  private long latestAt;
  private double longestReset;

  void onAdvertised(AdvertisedLimit advertised, long now) {
    Long remaining = advertised.remaining();
    Duration reset = advertised.reset();
    boolean isTooSoon = !samples.isEmpty() && now - latestAt < MIN_SAMPLE_INTERVAL;
    if (remaining == null || reset == null || isTooSoon) {
      return;
    }
    double resetSeconds = reset.toNanos() / SECOND;
    longestReset = Math.max(longestReset, resetSeconds);
    latestAt = now;
    samples.addLast(
        new DepthSample(now / SECOND, remaining + resetSeconds * advertised.perSecond()));
    if (samples.size() > MAX_SAMPLES) {
      samples.removeFirst();
    }
    kind = detect(advertised.perSecond());
  }

  /** Discards all samples: the limit has changed, so they no longer apply. */
  void reset() {
    samples.clear();
    longestReset = 0;
    kind = Kind.UNKNOWN;
  }

  Kind kind() {
    return kind;
  }

  /**
   * Returns how the quota grows. While the kind is unknown, it is taken for a token bucket.
   *
   * @param sentAt when the call of the latest reply was sent
   */
  QuotaRefill refill(AdvertisedLimit latest, long sentAt) {
    Long remaining = latest.remaining();
    Duration reset = latest.reset();
    double left = remaining == null ? 0 : remaining;
    if (reset == null) {
      return new QuotaRefill.Bucket(Double.POSITIVE_INFINITY, latest.perSecond());
    }
    double resetSeconds = reset.toNanos() / SECOND;
    return kind == Kind.LONG_FIXED_WINDOW
        ? new QuotaRefill.Window(
            Math.max(left, longestReset * latest.perSecond()),
            sentAt + reset.toNanos() + WINDOW_MARGIN,
            (long) (longestReset * SECOND))
        : new QuotaRefill.Bucket(left + resetSeconds * latest.perSecond(), latest.perSecond());
  }

  private Kind detect(double perSecond) {
    if (samples.size() < MIN_SAMPLES
        || samples.getLast().seconds() - samples.getFirst().seconds() < MIN_OBSERVED_SECONDS) {
      return Kind.UNKNOWN;
    }
    DoubleSummaryStatistics depths =
        samples.stream().mapToDouble(DepthSample::depth).summaryStatistics();
    double maxSpread = Math.max(2, MAX_BUCKET_SPREAD * depths.getMax());
    boolean isConstant = depths.getMax() - depths.getMin() <= maxSpread;
    if (samples.getLast().depth() < 1) {
      return Kind.UNKNOWN; // remaining 0 and reset 0: the reply carries no information
    }
    if (isConstant && Math.abs(slope()) < MAX_BUCKET_SLOPE * perSecond) {
      return Kind.TOKEN_BUCKET;
    }
    return longestReset > LONG_WINDOW_SECONDS ? Kind.LONG_FIXED_WINDOW : Kind.SHORT_FIXED_WINDOW;
  }

  /** Returns the change of the depth per second, by linear least squares. */
  private double slope() {
    double meanSeconds = samples.stream().mapToDouble(DepthSample::seconds).average().orElse(0);
    double meanDepth = samples.stream().mapToDouble(DepthSample::depth).average().orElse(0);
    double covariance = 0;
    double variance = 0;
    for (DepthSample sample : samples) {
      double seconds = sample.seconds() - meanSeconds;
      covariance += seconds * (sample.depth() - meanDepth);
      variance += seconds * seconds;
    }
    return covariance / variance;
  }
}
