package dev.sluice.worker.limit.rate;

import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The estimate of one limit. It chooses the {@link PacingStrategy} that computes the rate.
 *
 * <pre>
 *   known, as the provider counts   strategy        rate
 *   429 responses only              EvenSpacing     the rate of CubicLimitSearch
 *   limit, no remaining quota       EvenSpacing     0.99 * steady
 *   not detected yet                EvenSpacing     0.99 * steady
 *   token bucket                    TokenBucketPacing     steady + (level - reserve) / 1 s
 *   long fixed window               LongWindowPacing      level / 0.25 s
 *   short fixed window              EvenSpacing     0.985 * steady
 *   daily quota                     DailyQuota      max(remaining / 5 s, 1 per 300 s), if lower
 *                                                   than the rate of the other limits
 *   steady = limit * confidence
 * </pre>
 *
 * <p>{@link WindowDetector} detects how the provider counts. {@link PredictedQuota} predicts the
 * level; a call waits until it suffices ({@link #availableAt}). {@link Confidence} falls with each
 * 429 and recovers with time. Rates above {@code steady} are used only while no lower limit is
 * configured, and not for ten minutes after a 429 that contradicts a deep bucket's large reserve.
 */
final class LimitEstimate {
  /** Models on one route may have separate limits: the lowest of this period applies. */
  private static final long LOWEST_LIMIT_PERIOD = Duration.ofSeconds(10).toNanos();

  private static final long BURST_BAN = Duration.ofMinutes(10).toNanos();

  /** 429s within this time have the same cause, if the limit is known. */
  private static final long SAME_CAUSE = Duration.ofSeconds(1).toNanos();

  /** The rate is at least this fraction of the limit. */
  private static final double MIN_RATE_FACTOR = 0.02;

  private static final double COST_SMOOTHING = 0.05;

  private double configured;
  private final boolean learn;
  private final WindowDetector windowDetector = new WindowDetector();
  private final CubicLimitSearch cubicLimitSearch;
  private final Confidence confidence;

  private final PredictedQuota predictedQuota;
  private final MovingAverage cost = new MovingAverage(COST_SMOOTHING);

  /** The latest reply; null if none has advertised the limit. */
  private @Nullable QuotaReading reading;

  private long changedAt;
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
    this.confidence = new Confidence(now);
    this.predictedQuota = new PredictedQuota(now);
    this.changedAt = now - SAME_CAUSE;
    this.burstBanUntil = now;
  }

  /** Replaces the configured limit per second; 0 for none. */
  void configure(double perSecond) {
    configured = perSecond;
  }

  /**
   * A call was sent.
   *
   * @param amount what it reserves of the limit
   */
  void onSent(SentCall call, double amount, double limitFraction) {
    cost.add(amount);
    predictedQuota.onSent(call, amount / limitFraction);
  }

  /** The provider did not admit a call. */
  void onNotAdmitted(SentCall call) {
    predictedQuota.onNotAdmitted(call);
  }

  /** The reply to a call advertised the limit. */
  void onAdvertised(AdvertisedLimit latest, SentCall call, long now) {
    if (!learn) {
      return;
    }
    QuotaReading before = reading;
    boolean isHigher =
        before != null
            && latest.perSecond() > before.perSecond()
            && now - before.at() < LOWEST_LIMIT_PERIOD;
    if (isHigher || !predictedQuota.isNewer(call)) {
      return;
    }
    if (before != null && latest.perSecond() != before.perSecond()) {
      windowDetector.reset();
      changedAt = now;
    }
    windowDetector.onAdvertised(latest, call.at());
    reading = new QuotaReading(latest, now);
    Long remaining = latest.remaining();
    if (remaining != null) {
      predictedQuota.onReading(call, remaining, windowDetector.refill(latest, call.at()));
    }
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
  void onThrottled(SentCall call, long now) {
    boolean hasSameCause =
        isUnknown()
            ? call.at() - throttledAt < CubicLimitSearch.SAME_CAUSE
            : now - throttledAt < SAME_CAUSE;
    if (everThrottled && hasSameCause) {
      return;
    }
    long sinceThrottled = everThrottled ? now - throttledAt : Long.MAX_VALUE;
    everThrottled = true;
    throttledAt = now;
    if (isUnknown()) {
      if (learn) {
        cubicLimitSearch.onThrottled(now);
      }
    } else if (contradictsReserve(now)) {
      burstBanUntil = now + BURST_BAN; // the real limit has a shorter period than the advertised
    } else if (now - changedAt > SAME_CAUSE) {
      confidence.onThrottled(sinceThrottled, now);
    }
  }

  private boolean contradictsReserve(long now) {
    QuotaReading latest = reading;
    return latest != null
        && windowDetector.kind() == WindowDetector.Kind.TOKEN_BUCKET
        && bucket(latest, now).hasLargeReserve();
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
    QuotaReading latest = reading;
    if (latest != null) {
      double perSecond = latest.perSecond();
      return OptionalDouble.of(configured > 0 ? Math.min(configured, perSecond) : perSecond);
    }
    if (configured > 0) {
      return OptionalDouble.of(configured);
    }
    return inferred(now).stream().mapToDouble(InferredLimit::rate).findFirst();
  }

  LimitSource source(long now) {
    QuotaReading latest = reading;
    if (latest != null && (configured == 0 || latest.perSecond() < configured)) {
      return LimitSource.ADVERTISED;
    }
    if (configured > 0) {
      return LimitSource.CONFIGURED;
    }
    return inferred(now).isPresent() ? LimitSource.INFERRED : LimitSource.UNKNOWN;
  }

  /** Returns the remaining quota in the latest reply; null if it was not advertised. */
  @Nullable Long remaining() {
    return reading == null ? null : reading.remaining();
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

  /** Returns the target rate of all workers together, per second; empty for unlimited. */
  OptionalDouble rate(long now) {
    OptionalDouble limit = limit(now);
    if (limit.isEmpty()) {
      return limit;
    }
    PacingStrategy strategy = strategy(now);
    if (strategy instanceof DailyQuota) {
      double rate = strategy.perSecond(rateOfOtherLimits(now), Double.POSITIVE_INFINITY, now);
      return Double.isFinite(rate) ? OptionalDouble.of(rate) : OptionalDouble.empty();
    }
    double steady = limit.getAsDouble() * confidence.value(now);
    double max = mayBurst(now) ? Double.POSITIVE_INFINITY : steady;
    double rate = strategy.perSecond(steady, max, now);
    double min = limit.getAsDouble() * MIN_RATE_FACTOR;
    return OptionalDouble.of(rate > min ? rate : min); // unlike Math.max, also for NaN
  }

  /**
   * Returns the rate per second that the limit sustains now; empty for unlimited. A burst, and the
   * wait for the end of a window, do not change it.
   */
  OptionalDouble sustainableRate(long now) {
    OptionalDouble rate = rate(now);
    if (rate.isEmpty() || !isPredicted()) {
      return rate;
    }
    double steady = limit(now).orElse(rate.getAsDouble()) * confidence.value(now);
    return OptionalDouble.of(
        strategy(now) instanceof LongWindowPacing ? steady : Math.min(rate.getAsDouble(), steady));
  }

  private PacingStrategy strategy(long now) {
    QuotaReading latest = reading;
    if (latest != null && DailyQuota.isDaily(latest.limit())) {
      return new DailyQuota(latest);
    }
    if (latest == null || latest.remaining() == null) {
      return inferred(now).isPresent() ? EvenSpacing.AT_LIMIT : EvenSpacing.BELOW_LIMIT;
    }
    return switch (windowDetector.kind()) {
      case TOKEN_BUCKET -> bucket(latest, now);
      case LONG_FIXED_WINDOW -> new LongWindowPacing(predictedQuota.level(now));
      case SHORT_FIXED_WINDOW -> EvenSpacing.SHORT_WINDOW;
      case UNKNOWN -> EvenSpacing.BELOW_LIMIT;
    };
  }

  private TokenBucketPacing bucket(QuotaReading latest, long now) {
    return new TokenBucketPacing(
        predictedQuota.level(now), predictedQuota.capacity(), latest.perSecond(), cost.orElse(1));
  }

  /** Whether the present quota is predicted from the replies. */
  boolean isPredicted() {
    WindowDetector.Kind kind = windowDetector.kind();
    return kind == WindowDetector.Kind.TOKEN_BUCKET
        || kind == WindowDetector.Kind.LONG_FIXED_WINDOW;
  }

  /** Returns when the predicted quota suffices for a call; now if it is not known. */
  long availableAt(double amount, long now) {
    return isPredicted() ? predictedQuota.availableAt(amount, now) : now;
  }

  private double rateOfOtherLimits(long now) {
    double other =
        configured > 0 ? configured * confidence.value(now) : cubicLimitSearch.perSecond(now);
    return other > 0 ? other : Double.POSITIVE_INFINITY;
  }

  /** Whether the rate may exceed the steady rate. */
  private boolean mayBurst(long now) {
    boolean isConfiguredLower =
        configured > 0 && reading != null && configured < reading.perSecond();
    return now - burstBanUntil >= 0 && !isConfiguredLower;
  }

  /** Whether neither the settings nor the provider state a limit per minute or less. */
  private boolean isUnknown() {
    return configured == 0 && (reading == null || DailyQuota.isDaily(reading.limit()));
  }
}
