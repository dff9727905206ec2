package dev.sluice.worker.limit.rate;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The estimate of one limit, and the target rate of all workers that follows from it.
 *
 * <pre>
 *   known                    rate                                        algorithm
 *   429 responses only       see CubicLimitSearch                        CUBIC
 *   limit, no remaining      0.99 * steady                               even spacing
 *   deep token bucket        remaining / T                               spend-down
 *   shallow token bucket     steady * min((fill - 0.1) / 0.4, 1.15)      proportional to the fill
 *   long fixed window        0.99 * min(remaining / reset, 3 * steady)   spend-down
 *   short fixed window       0.985 * steady                              even spacing
 *   daily quota              max(remaining / 5 s, 1 per 300 s)           spend-down, if lower
 *                                                                        than the other rates
 *
 *   steady = limit * confidence
 *   fill   = remaining / depth of the bucket
 *   T      = max(5 s, 4 * latency, refill time of 2 calls), at most depth / (2 * limit)
 * </pre>
 *
 * <p>Spend-down uses the remaining quota within a fixed time. In a bucket this settles at the rate
 * of the refill with a reserve of T seconds, minus the usage of other clients with the same key.
 *
 * <p>Confidence follows AIMD: a 429 multiplies it by 0.93, or by 0.80 within 10 s of another one.
 * It then grows by 0.002 per second, up to 1.
 *
 * <p>Rates above {@code steady} are used only while the provider advertises enough remaining quota
 * and no lower limit is configured.
 */
final class LimitEstimate {
  private static final double SECOND = 1e9;

  /** Safety margin: our window boundaries and the provider's are not aligned. */
  private static final double MARGIN = 0.99;

  /** 1.5 % of a one-second window = 15 ms, the scheduling delay measured under load. */
  private static final double SHORT_WINDOW_MARGIN = 0.985;

  /** A bucket of at least this many seconds of refill is deep. */
  private static final double DEEP_BUCKET_SECONDS = 10;

  /**
   * Target time in which to spend the remaining quota. At least a few round trips, because the
   * advertised value is that old.
   */
  private static final double SPEND_DOWN_SECONDS = 5;

  private static final double SPEND_DOWN_LATENCIES = 4;

  /** Fill of a shallow bucket that is kept as a reserve. */
  private static final double SHALLOW_RESERVE = 0.1;

  /** Fill above the reserve at which the rate equals the limit. */
  private static final double SHALLOW_FILL = 0.4;

  private static final double SHALLOW_MAX_FACTOR = 1.15;

  /** A bucket that holds fewer calls than this never exceeds the limit's rate. */
  private static final int MIN_CALLS_FOR_BURST = 3;

  private static final double WINDOW_MAX_FACTOR = 3;
  private static final double MIN_RESET_SECONDS = 2;
  private static final double MIN_RATE_FACTOR = 0.02;

  /** With a used-up daily quota, one call in five minutes checks whether the quota is back. */
  private static final double MIN_DAILY_RATE = 1.0 / 300;

  private static final double CONFIDENCE_DECREASE = 0.93;
  private static final double CONFIDENCE_REPEATED_DECREASE = 0.8;
  private static final double MIN_CONFIDENCE = 0.05;
  private static final double CONFIDENCE_INCREASE_PER_SECOND = 0.002;

  /** A 429 within this time of another one counts as repeated. */
  private static final long REPEATED = Duration.ofSeconds(10).toNanos();

  /** Models on one route may have separate limits: the lowest of this period applies. */
  private static final long LOWEST_LIMIT_PERIOD = Duration.ofSeconds(10).toNanos();

  private static final long BURST_BAN = Duration.ofMinutes(10).toNanos();

  /** A limit with a longer period does not limit the rate per minute. */
  private static final Duration MAX_RATE_PERIOD = Duration.ofMinutes(10);

  /** 429s within this time have the same cause. */
  private static final long SAME_CAUSE = Duration.ofSeconds(1).toNanos();

  private double configured;
  private final boolean learn;
  private final WindowDetector windowDetector = new WindowDetector();
  private final CubicLimitSearch cubicLimitSearch;

  private @Nullable AdvertisedLimit advertised;
  private long advertisedAt;
  private double remainingBeforeCall;
  private long lastCost;
  private long changedAt;
  private double confidence = 1;
  private long confidenceAt;
  private boolean everThrottled;
  private long throttledAt;
  private long burstBanUntil;

  /**
   * @param configured the configured limit per second; 0 for none
   * @param learn whether headers and 429s change the estimate
   * @param initialCeiling the lowest ceiling per second of the limit search after the first 429
   */
  LimitEstimate(double configured, boolean learn, double initialCeiling, long now) {
    this.configured = configured;
    this.learn = learn;
    this.cubicLimitSearch = new CubicLimitSearch(initialCeiling, now);
    this.advertisedAt = now;
    this.confidenceAt = now;
    this.changedAt = now - SAME_CAUSE;
    this.burstBanUntil = now;
  }

  /** Replaces the configured limit per second; 0 for none. */
  void configure(double perSecond) {
    configured = perSecond;
  }

  /**
   * A reply advertised the limit.
   *
   * @param cost what its own call consumed of the limit
   */
  void onAdvertised(AdvertisedLimit latest, long cost, long now) {
    if (!learn) {
      return;
    }
    if (advertised != null
        && latest.perSecond() > advertised.perSecond()
        && now - advertisedAt < LOWEST_LIMIT_PERIOD) {
      return;
    }
    if (advertised != null && latest.perSecond() != advertised.perSecond()) {
      windowDetector.reset();
      changedAt = now;
    }
    windowDetector.onAdvertised(latest, now);
    advertised = latest;
    advertisedAt = now;
    Long remaining = latest.remaining();
    remainingBeforeCall = remaining == null ? 0 : remaining + cost;
    lastCost = cost;
  }

  /**
   * The provider admitted calls.
   *
   * @param amount what they used, of all workers together
   */
  void onAdmitted(double amount, long now) {
    if (learn && isUnknown()) {
      cubicLimitSearch.onAdmitted(amount, now);
    }
  }

  /** The provider rejected a call with 429 because of this limit. */
  void onThrottled(long now) {
    if (everThrottled && now - throttledAt < SAME_CAUSE) {
      return;
    }
    long previous = everThrottled ? throttledAt : now - REPEATED;
    everThrottled = true;
    throttledAt = now;
    if (isUnknown()) {
      if (learn) {
        cubicLimitSearch.onThrottled(now);
      }
    } else if (windowDetector.kind() == WindowDetector.Kind.TOKEN_BUCKET
        && isDeep()
        && hasLargeReserve(now)) {
      burstBanUntil = now + BURST_BAN; // the real limit has a shorter period than the advertised
    } else if (now - changedAt > SAME_CAUSE) {
      boolean isRepeated = now - previous < REPEATED;
      double factor = isRepeated ? CONFIDENCE_REPEATED_DECREASE : CONFIDENCE_DECREASE;
      confidence = Math.max(MIN_CONFIDENCE, confidence(now) * factor);
      confidenceAt = now;
    }
  }

  /** A peer was rejected with 429 and inferred this limit. */
  void onPeerInferred(InferredLimit inferred, long now) {
    if (isUnknown() && learn) {
      everThrottled = true;
      throttledAt = now;
      cubicLimitSearch.onPeerInferred(inferred, now);
    }
  }

  /** Returns the inferred limit; empty if another source exists, or before the first 429. */
  Optional<InferredLimit> inferred(long now) {
    return isUnknown() ? cubicLimitSearch.inferred(now) : Optional.empty();
  }

  /** Returns the limit per second; empty if there is none or none is known. */
  OptionalDouble limit(long now) {
    if (advertised != null) {
      double perSecond = advertised.perSecond();
      return OptionalDouble.of(configured > 0 ? Math.min(configured, perSecond) : perSecond);
    }
    if (configured > 0) {
      return OptionalDouble.of(configured);
    }
    return inferred(now).stream().mapToDouble(InferredLimit::rate).findFirst();
  }

  LimitSource source(long now) {
    if (advertised != null && (configured == 0 || advertised.perSecond() < configured)) {
      return LimitSource.ADVERTISED;
    }
    if (configured > 0) {
      return LimitSource.CONFIGURED;
    }
    return inferred(now).isPresent() ? LimitSource.INFERRED : LimitSource.UNKNOWN;
  }

  /** Returns the remaining quota in the latest reply; null if it was not advertised. */
  @Nullable Long remaining() {
    return advertised == null ? null : advertised.remaining();
  }

  /** Whether the latest reply advertised a remaining quota of 0. */
  boolean isUsedUp() {
    Long remaining = remaining();
    return remaining != null && remaining == 0;
  }

  /** Whether a late call could fall into the same short window as the next one. */
  boolean needsStrictSpacing() {
    WindowDetector.Kind kind = windowDetector.kind();
    return kind == WindowDetector.Kind.SHORT_FIXED_WINDOW || kind == WindowDetector.Kind.UNKNOWN;
  }

  /**
   * Returns the target rate of all workers together, per second; empty for unlimited.
   *
   * @param latency average duration of a call in seconds: advertised values are that old
   */
  OptionalDouble rate(long now, double latency) {
    OptionalDouble limit = limit(now);
    if (limit.isEmpty()) {
      return limit;
    }
    if (advertised != null && isDailyQuota(advertised)) {
      return dailyQuotaRate(advertised, now);
    }
    double steady = limit.getAsDouble() * confidence(now);
    double rate =
        advertised == null || advertised.remaining() == null
            ? steady * (inferred(now).isPresent() ? 1 : MARGIN)
            : advertisedRate(advertised, steady, now, latency);
    double min = limit.getAsDouble() * MIN_RATE_FACTOR;
    return OptionalDouble.of(rate > min ? rate : min); // unlike Math.max, also for NaN
  }

  /** A daily quota does not limit the rate until it is nearly used up. */
  private OptionalDouble dailyQuotaRate(AdvertisedLimit quota, long now) {
    double other = configured > 0 ? configured * confidence(now) : cubicLimitSearch.perSecond(now);
    Long remaining = quota.remaining();
    double spendDown =
        remaining == null
            ? Double.POSITIVE_INFINITY
            : dailyQuotaSpendDownRate(quota, remaining, now);
    double rate = other > 0 ? Math.min(other, spendDown) : spendDown;
    return Double.isFinite(rate) ? OptionalDouble.of(rate) : OptionalDouble.empty();
  }

  private double dailyQuotaSpendDownRate(AdvertisedLimit quota, long remaining, long now) {
    Duration reset = quota.reset();
    if (reset != null && age(now) > reset.toNanos() / SECOND) {
      return Double.POSITIVE_INFINITY;
    }
    double refilled = remaining + quota.perSecond() * age(now);
    return Math.max(refilled / SPEND_DOWN_SECONDS, MIN_DAILY_RATE);
  }

  private double advertisedRate(AdvertisedLimit limit, double steady, long now, double latency) {
    return switch (windowDetector.kind()) {
      case TOKEN_BUCKET ->
          isDeep()
              ? deepBucketRate(limit, steady, now, latency)
              : shallowBucketRate(limit, steady, now);
      case LONG_FIXED_WINDOW -> longWindowRate(limit, steady, now);
      case SHORT_FIXED_WINDOW -> steady * SHORT_WINDOW_MARGIN;
      case UNKNOWN -> steady * MARGIN;
    };
  }

  private double deepBucketRate(AdvertisedLimit limit, double steady, long now, double latency) {
    double maxSeconds = windowDetector.depth() / limit.perSecond() / 2;
    double secondsOfTwoCalls = 2.0 * lastCost / limit.perSecond();
    double seconds =
        Math.max(SPEND_DOWN_SECONDS, Math.max(SPEND_DOWN_LATENCIES * latency, secondsOfTwoCalls));
    return limitBurst(remainingNow(limit, now) / Math.min(maxSeconds, seconds), steady, now);
  }

  private double shallowBucketRate(AdvertisedLimit limit, double steady, long now) {
    double depth = windowDetector.depth();
    double factor = (remainingNow(limit, now) / depth - SHALLOW_RESERVE) / SHALLOW_FILL;
    double maxFactor = depth >= MIN_CALLS_FOR_BURST * lastCost ? SHALLOW_MAX_FACTOR : 1;
    return limitBurst(steady * Math.min(factor, maxFactor), steady, now);
  }

  private double longWindowRate(AdvertisedLimit limit, double steady, long now) {
    Duration reset = limit.reset();
    double resetSeconds = reset == null ? 0 : reset.toNanos() / SECOND;
    boolean isOver = resetSeconds - age(now) <= 0;
    if (isOver || resetSeconds < MIN_RESET_SECONDS) {
      return steady * MARGIN;
    }
    double rate = Math.min(remainingBeforeCall / resetSeconds, WINDOW_MAX_FACTOR * steady);
    return limitBurst(rate, steady, now) * MARGIN;
  }

  /** Allows more than the steady rate only without a burst ban and a lower configured limit. */
  private double limitBurst(double rate, double steady, long now) {
    boolean isConfiguredLower =
        configured > 0 && advertised != null && configured < advertised.perSecond();
    boolean mayBurst = now - burstBanUntil >= 0 && !isConfiguredLower;
    return mayBurst ? rate : Math.min(rate, steady);
  }

  private double remainingNow(AdvertisedLimit limit, long now) {
    double refilled = limit.perSecond() * Math.max(0, age(now) - 1);
    return Math.min(windowDetector.depth(), remainingBeforeCall + refilled);
  }

  private boolean isDeep() {
    return advertised != null
        && windowDetector.depth() >= DEEP_BUCKET_SECONDS * advertised.perSecond();
  }

  private boolean hasLargeReserve(long now) {
    return advertised != null && remainingNow(advertised, now) > windowDetector.depth() / 10;
  }

  /** Whether neither the settings nor the provider state a limit per minute or less. */
  private boolean isUnknown() {
    return configured == 0 && (advertised == null || isDailyQuota(advertised));
  }

  private static boolean isDailyQuota(AdvertisedLimit limit) {
    return limit.per().compareTo(MAX_RATE_PERIOD) > 0;
  }

  private double age(long now) {
    return (now - advertisedAt) / SECOND;
  }

  private double confidence(long now) {
    double increase = CONFIDENCE_INCREASE_PER_SECOND * (now - confidenceAt) / SECOND;
    return Math.min(1, confidence + increase);
  }
}
