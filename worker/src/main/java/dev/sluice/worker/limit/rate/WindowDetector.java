package dev.sluice.worker.limit.rate;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.DoubleSummaryStatistics;

/**
 * Finds out how a provider counts a minute, from what it says is left and when all of it is back.
 *
 * <p>In a bucket that refills without pause, what is left and what comes back until it is full add
 * up to its depth, the same in each reply. In a window of the clock that sum falls while time goes
 * by, at least as fast as the limit, and jumps at the window's end.
 */
final class WindowDetector {
  private static final double SECOND = 1e9;
  private static final long APART = Duration.ofMillis(200).toNanos();
  private static final int KEPT = 12;
  private static final int ENOUGH = 4;
  private static final double LONG_ENOUGH_SECONDS = 1.5;
  private static final double SPREAD = 0.08;

  /** Of the slope that a window would have. */
  private static final double LEVEL = 0.25;

  private static final double LONG_WINDOW_SECONDS = 2;

  /** How a minute is counted. */
  enum Kind {
    UNKNOWN,
    TOKEN_BUCKET,
    /** The whole amount anew after some seconds or more. */
    LONG_FIXED_WINDOW,
    /** A part of it every second or so. */
    SHORT_FIXED_WINDOW
  }

  /** What a bucket would have to hold for a reply to be true. */
  private record Sum(double seconds, double depth) {}

  private final Deque<Sum> sums = new ArrayDeque<>();
  private Kind kind = Kind.UNKNOWN;
  private long newestAt;
  private double longestReset;

  /** A reply told this. */
  void onAdvertised(AdvertisedLimit advertisedLimit, long now) {
    Long left = advertisedLimit.remaining();
    Duration reset = advertisedLimit.reset();
    if (left == null || reset == null || (!sums.isEmpty() && now - newestAt < APART)) {
      return;
    }
    double seconds = reset.toNanos() / SECOND;
    longestReset = Math.max(longestReset, seconds);
    newestAt = now;
    sums.addLast(new Sum(now / SECOND, left + seconds * advertisedLimit.perSecond()));
    if (sums.size() > KEPT) {
      sums.removeFirst();
    }
    kind = kind(advertisedLimit.perSecond());
  }

  /** Another limit than before: what was seen says nothing any more. */
  void forget() {
    sums.clear();
    longestReset = 0;
    kind = Kind.UNKNOWN;
  }

  Kind kind() {
    return kind;
  }

  /** How much a bucket holds, as its newest reply tells; only for {@link Kind#TOKEN_BUCKET}. */
  double depth() {
    return sums.getLast().depth();
  }

  private Kind kind(double perSecond) {
    if (sums.size() < ENOUGH
        || sums.getLast().seconds() - sums.getFirst().seconds() < LONG_ENOUGH_SECONDS) {
      return Kind.UNKNOWN;
    }
    DoubleSummaryStatistics depths = sums.stream().mapToDouble(Sum::depth).summaryStatistics();
    boolean isNarrow = depths.getMax() - depths.getMin() <= Math.max(2, SPREAD * depths.getMax());
    if (depth() < 1) {
      return Kind.UNKNOWN; // nothing left and nothing to come back: it says nothing
    }
    if (isNarrow && Math.abs(slope()) < LEVEL * perSecond) {
      return Kind.TOKEN_BUCKET;
    }
    return longestReset > LONG_WINDOW_SECONDS ? Kind.LONG_FIXED_WINDOW : Kind.SHORT_FIXED_WINDOW;
  }

  /** By which the sums change per second, by least squares. */
  private double slope() {
    double meanTime = sums.stream().mapToDouble(Sum::seconds).average().orElse(0);
    double meanDepth = sums.stream().mapToDouble(Sum::depth).average().orElse(0);
    double together = 0;
    double times = 0;
    for (Sum sum : sums) {
      double time = sum.seconds() - meanTime;
      together += time * (sum.depth() - meanDepth);
      times += time * time;
    }
    return together / times;
  }
}
