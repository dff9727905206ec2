package dev.sluice.worker.limit.rate;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one limit, and the pace that follows from it.
 *
 * <p>Where the provider keeps a deep bucket and tells what is left of it, the law is: <b>spend what
 * is left within the next few seconds</b>. Alone on the key that settles where exactly the refill
 * is spent, with a reserve of those few seconds; beside somebody else it settles at what they
 * leave; after a pause it uses what was saved up. In a window of the clock it is the same law with
 * the window's end as the time. Where nothing is told the limit is spent evenly, a little below it.
 */
final class LimitEstimate {
  private static final double SECOND = 1e9;

  /** Kept below a limit that is counted in windows: their edges and ours never meet exactly. */
  private static final double MARGIN = 0.99;

  /** In a second's window that is 15 ms: what a busy machine is late by. */
  private static final double MARGIN_OF_A_SECOND = 0.985;

  /** From so many seconds' worth on a bucket is deep enough to be steered by what is left. */
  private static final double DEEP_SECONDS = 10;

  /** What is left is spent within so many seconds, or within some latencies: news are that old. */
  private static final double SPEND_WITHIN_SECONDS = 5;

  private static final double LATENCIES = 4;

  /** Of a shallow bucket this part is kept, and around so much more of it the pace is the limit. */
  private static final double SHALLOW_KEPT = 0.1;

  private static final double SHALLOW_EVEN = 0.4;
  private static final double SHALLOW_FASTEST = 1.15;

  /** A bucket that holds fewer calls than this is left as full as it can be. */
  private static final int MANY = 3;

  private static final double FASTEST_IN_WINDOW = 3;
  private static final double SHORTEST_RESET_SECONDS = 2;
  private static final double SLOWEST = 0.02;

  /** One call in five minutes finds out whether a day's limit is back. */
  private static final double SLOWEST_OF_A_LONG_TIME = 1.0 / 300;

  private static final double CONFIDENCE_LOST = 0.93;
  private static final double CONFIDENCE_LOST_AGAIN = 0.8;
  private static final double MIN_CONFIDENCE = 0.05;
  private static final long AGAIN = Duration.ofSeconds(10).toNanos();

  /** Models with limits of their own may share a route: the lowest that was told lately counts. */
  private static final long LATELY = Duration.ofSeconds(10).toNanos();

  private static final double CONFIDENCE_REGAINED_PER_SECOND = 0.002;
  private static final long NO_BURST_AFTER_REFUSAL = Duration.ofMinutes(10).toNanos();

  /** A limit of a longer time than this says nothing of how fast one may go within a minute. */
  private static final Duration LONG = Duration.ofMinutes(10);

  /** Refusals that come together are one. */
  private static final long ONE_REFUSAL = Duration.ofSeconds(1).toNanos();

  private double set;
  private final boolean learn;
  private final WindowDetector windowDetector = new WindowDetector();
  private final CubicLimitSearch cubicLimitSearch;

  private @Nullable AdvertisedLimit told;
  private long toldAt;
  private double leftBefore;
  private long lastCost;
  private long changedAt;
  private double confidence = 1;
  private long trustAt;
  private boolean refusedEver;
  private long refusedAt;
  private long noBurstUntil;

  /**
   * @param set what the settings say, per second; 0 for nothing
   * @param learn whether replies and refusals teach anything
   * @param firstMark where probing begins, per second, if the very first call is refused
   */
  LimitEstimate(double set, boolean learn, double firstMark, long now) {
    this.set = set;
    this.learn = learn;
    this.cubicLimitSearch = new CubicLimitSearch(firstMark, now);
    this.toldAt = now;
    this.trustAt = now;
    this.changedAt = now - ONE_REFUSAL;
    this.noBurstUntil = now;
  }

  /** Somebody sets it anew, per second; 0 for nothing. */
  void set(double perSecond) {
    set = perSecond;
  }

  /**
   * A reply told how the limit stands.
   *
   * @param cost what its own call took of it
   */
  void onAdvertised(AdvertisedLimit advertisedLimit, long cost, long now) {
    if (!learn) {
      return;
    }
    if (told != null && advertisedLimit.perSecond() > told.perSecond() && now - toldAt < LATELY) {
      return;
    }
    if (told != null && advertisedLimit.perSecond() != told.perSecond()) {
      windowDetector.forget();
      changedAt = now;
    }
    windowDetector.onAdvertised(advertisedLimit, now);
    told = advertisedLimit;
    toldAt = now;
    Long left = advertisedLimit.remaining();
    leftBefore = left == null ? 0 : left + cost;
    lastCost = cost;
  }

  /** The provider took calls that used this much, of all workers together. */
  void admitted(double amount, long now) {
    if (learn && isUnknown()) {
      cubicLimitSearch.admitted(amount, now);
    }
  }

  /** The provider refused a call for this limit. */
  void onThrottled(long now) {
    if (refusedEver && now - refusedAt < ONE_REFUSAL) {
      return;
    }
    long lastRefusal = refusedEver ? refusedAt : now - AGAIN;
    refusedEver = true;
    refusedAt = now;
    if (isUnknown()) {
      if (learn) {
        cubicLimitSearch.onThrottled(now);
      }
    } else if (windowDetector.kind() == WindowDetector.Kind.TOKEN_BUCKET
        && isDeep()
        && hasLargeReserve(now)) {
      noBurstUntil = now + NO_BURST_AFTER_REFUSAL; // it counts more narrowly than it tells
    } else if (now - changedAt > ONE_REFUSAL) {
      double kept = now - lastRefusal < AGAIN ? CONFIDENCE_LOST_AGAIN : CONFIDENCE_LOST;
      confidence = Math.max(MIN_CONFIDENCE, confidence(now) * kept);
      trustAt = now;
    }
  }

  /** Another worker was refused, and found this. */
  void onPeerInferred(InferredLimit found, long now) {
    if (isUnknown() && learn) {
      refusedEver = true;
      refusedAt = now;
      cubicLimitSearch.onPeerInferred(found, now);
    }
  }

  /** What probing found; empty where the limit is set or told, or nothing was refused yet. */
  Optional<InferredLimit> inferred(long now) {
    return isUnknown() ? cubicLimitSearch.inferred(now) : Optional.empty();
  }

  /** The limit per second; empty where there is none or none is known. */
  OptionalDouble limit(long now) {
    if (told != null) {
      return OptionalDouble.of(set > 0 ? Math.min(set, told.perSecond()) : told.perSecond());
    }
    if (set > 0) {
      return OptionalDouble.of(set);
    }
    return inferred(now).stream().mapToDouble(InferredLimit::rate).findFirst();
  }

  Source source(long now) {
    if (told != null && (set == 0 || told.perSecond() < set)) {
      return Source.TOLD;
    }
    if (set > 0) {
      return Source.SET;
    }
    return inferred(now).isPresent() ? Source.PROBED : Source.NONE;
  }

  /** What the last reply said is left; null where it says nothing. */
  @Nullable Long remaining() {
    return told == null ? null : told.remaining();
  }

  /** Whether the last reply said that nothing is left. */
  boolean isUsedUp() {
    Long left = remaining();
    return left != null && left == 0;
  }

  /** Whether a call that is late may meet the next one's within the same count. */
  boolean needsStrictSpacing() {
    WindowDetector.Kind kind = windowDetector.kind();
    return kind == WindowDetector.Kind.SHORT_FIXED_WINDOW || kind == WindowDetector.Kind.UNKNOWN;
  }

  /**
   * How fast the workers together may go, per second; empty for as fast as they can.
   *
   * @param latency how long a call takes, in seconds: news of the provider are that old
   */
  OptionalDouble rate(long now, double latency) {
    OptionalDouble limit = limit(now);
    if (limit.isEmpty()) {
      return limit;
    }
    if (told != null && isLong(told)) {
      return dailyQuotaRate(told, now);
    }
    double steady = limit.getAsDouble() * confidence(now);
    double rate =
        told == null || told.remaining() == null
            ? steady * (inferred(now).isPresent() ? 1 : MARGIN)
            : advertisedRate(told, steady, now, latency);
    double slowest = limit.getAsDouble() * SLOWEST;
    return OptionalDouble.of(rate > slowest ? rate : slowest); // also where it is no number
  }

  /** What is left of a day is nobody's pace, until nothing is left. */
  private OptionalDouble dailyQuotaRate(AdvertisedLimit advertisedLimit, long now) {
    double asked = set > 0 ? set * confidence(now) : cubicLimitSearch.perSecond(now);
    Long left = advertisedLimit.remaining();
    double rest =
        left == null
            ? Double.POSITIVE_INFINITY
            : dailyQuotaRemainingRate(advertisedLimit, left, now);
    double rate = asked > 0 ? Math.min(asked, rest) : rest;
    return Double.isFinite(rate) ? OptionalDouble.of(rate) : OptionalDouble.empty();
  }

  private double dailyQuotaRemainingRate(AdvertisedLimit advertisedLimit, long left, long now) {
    Duration reset = advertisedLimit.reset();
    if (reset != null && age(now) > reset.toNanos() / SECOND) {
      return Double.POSITIVE_INFINITY;
    }
    double refilled = left + advertisedLimit.perSecond() * age(now);
    return Math.max(refilled / SPEND_WITHIN_SECONDS, SLOWEST_OF_A_LONG_TIME);
  }

  private double advertisedRate(
      AdvertisedLimit advertisedLimit, double steady, long now, double latency) {
    return switch (windowDetector.kind()) {
      case TOKEN_BUCKET ->
          isDeep() ? fromDeepBucket(advertisedLimit, steady, now, latency) : shallow(steady, now);
      case LONG_FIXED_WINDOW -> inLongWindow(advertisedLimit, steady, now);
      case SHORT_FIXED_WINDOW -> steady * MARGIN_OF_A_SECOND;
      case UNKNOWN -> steady * MARGIN;
    };
  }

  private double fromDeepBucket(
      AdvertisedLimit advertisedLimit, double steady, long now, double latency) {
    double most = windowDetector.depth() / advertisedLimit.perSecond() / 2;
    double ofTwoCalls = 2.0 * lastCost / advertisedLimit.perSecond();
    double wanted = Math.max(SPEND_WITHIN_SECONDS, Math.max(LATENCIES * latency, ofTwoCalls));
    double within = Math.min(most, wanted);
    return bounded(remainingNow(advertisedLimit, now) / within, steady, now);
  }

  private double shallow(double steady, long now) {
    AdvertisedLimit advertisedLimit = told;
    if (advertisedLimit == null) {
      return steady;
    }
    double depth = windowDetector.depth();
    double fill = (remainingNow(advertisedLimit, now) / depth - SHALLOW_KEPT) / SHALLOW_EVEN;
    boolean holdsMany = depth >= MANY * lastCost;
    double rate = steady * Math.min(fill, holdsMany ? SHALLOW_FASTEST : 1);
    return bounded(rate, steady, now);
  }

  private double inLongWindow(AdvertisedLimit advertisedLimit, double steady, long now) {
    Duration reset = advertisedLimit.reset();
    double left = reset == null ? 0 : reset.toNanos() / SECOND;
    boolean isOver = left - age(now) <= 0;
    if (isOver || left < SHORTEST_RESET_SECONDS) {
      return steady * MARGIN;
    }
    double even = Math.min(leftBefore / left, FASTEST_IN_WINDOW * steady);
    return bounded(even, steady, now) * MARGIN;
  }

  /** More than the limit only where the provider has it left, and nobody set less. */
  private double bounded(double rate, double steady, long now) {
    boolean mayBurst =
        now - noBurstUntil >= 0 && (set == 0 || told == null || set >= told.perSecond());
    return mayBurst ? rate : Math.min(rate, steady);
  }

  private double remainingNow(AdvertisedLimit advertisedLimit, long now) {
    double refilled = advertisedLimit.perSecond() * Math.max(0, age(now) - 1);
    return Math.min(windowDetector.depth(), leftBefore + refilled);
  }

  private boolean isDeep() {
    return told != null && windowDetector.depth() >= DEEP_SECONDS * told.perSecond();
  }

  private boolean hasLargeReserve(long now) {
    return told != null && remainingNow(told, now) > windowDetector.depth() / 10;
  }

  /** Whether neither settings nor provider say how much goes within a minute. */
  private boolean isUnknown() {
    return set == 0 && (told == null || isLong(told));
  }

  private static boolean isLong(AdvertisedLimit advertisedLimit) {
    return advertisedLimit.per().compareTo(LONG) > 0;
  }

  private double age(long now) {
    return (now - toldAt) / SECOND;
  }

  private double confidence(long now) {
    return Math.min(1, confidence + CONFIDENCE_REGAINED_PER_SECOND * (now - trustAt) / SECOND);
  }
}
