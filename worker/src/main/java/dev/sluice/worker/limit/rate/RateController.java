package dev.sluice.worker.limit.rate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Determines the target rates of all workers of a route from the estimates of its limits.
 *
 * <p>Slow start: while no limit is known, the calls in flight are limited instead of the rate. The
 * limit starts at one call and grows by one for every two successes, so that few calls get the
 * first 429. The first advertised or inferred limit ends the slow start.
 *
 * <p>Ramp: after a hold the rates rise linearly from a fraction to the whole.
 *
 * <pre>
 *   max in flight = 1 + successes since the last 429 / 2       in slow start
 *   rate          = estimated rate * min(1, f + (1 - f) * t / T)   t seconds after a hold
 * </pre>
 *
 * <p>Times are nanoseconds of any monotonic clock. Not thread-safe; guarded by the limiter's lock.
 */
public final class RateController {
  private static final double SECOND = 1e9;
  private static final double INITIAL_TOKENS_PER_SECOND = 1_000;
  private static final double INITIAL_REQUESTS_PER_SECOND = 1;
  private static final int HALF_SLOTS_PER_CALL = 2;

  private final Map<LimitKind, LimitEstimate> estimates = new EnumMap<>(LimitKind.class);
  private boolean slowStart;

  /** Twice the number of calls that may be in flight: each success adds half a call. */
  private int halfSlots = HALF_SLOTS_PER_CALL;

  private long sequence;
  private double rampFrom = 1;
  private double rampSeconds;
  private boolean rampOfPredicted;
  private long rampStart;

  /**
   * @param configuredPerMinute the configured limits; a limit that is 0 or absent is learned
   * @param learn whether limits are learned from headers and 429s
   */
  public RateController(Map<LimitKind, Long> configuredPerMinute, boolean learn, long now) {
    this.slowStart = learn;
    for (LimitKind kind : LimitKind.values()) {
      double configured = configuredPerMinute.getOrDefault(kind, 0L) / 60.0;
      double initialCeiling =
          kind == LimitKind.REQUESTS ? INITIAL_REQUESTS_PER_SECOND : INITIAL_TOKENS_PER_SECOND;
      estimates.put(kind, new LimitEstimate(configured, learn, initialCeiling, now));
    }
    this.rampStart = now;
  }

  /** Replaces the configured limits; a limit that is 0 or absent is learned. */
  public void configure(Map<LimitKind, Long> perMinute) {
    estimates.forEach(
        (kind, estimate) -> estimate.configure(perMinute.getOrDefault(kind, 0L) / 60.0));
  }

  /** Returns the target rates of all workers together. */
  public Rates rates(long now) {
    Map<LimitKind, Double> rates = new EnumMap<>(LimitKind.class);
    boolean strictSpacing = false;
    double ramp = ramp(now);
    for (Map.Entry<LimitKind, LimitEstimate> entry : estimates.entrySet()) {
      OptionalDouble rate = entry.getValue().rate(now);
      if (rate.isPresent()) {
        boolean isRamped = rampOfPredicted || !entry.getValue().isPredicted();
        rates.put(entry.getKey(), rate.getAsDouble() * (isRamped ? ramp : 1));
        strictSpacing |=
            entry.getKey() == LimitKind.REQUESTS && entry.getValue().needsStrictSpacing();
      }
    }
    return rates.isEmpty() ? Rates.UNLIMITED : new Rates(rates, strictSpacing);
  }

  /** Returns the maximum number of calls in flight; {@code Integer.MAX_VALUE} for unlimited. */
  public int maxInFlight(long now) {
    return !slowStart || isAnyLimitKnown(now) ? Integer.MAX_VALUE : halfSlots / HALF_SLOTS_PER_CALL;
  }

  /**
   * Caps an estimated cost at one minute of each limit. So a call that is larger than the limit is
   * still sent, and the provider decides.
   */
  public TokenCost capToOneMinute(TokenCost estimated, long now) {
    long input = Math.min(estimated.input(), perMinute(LimitKind.INPUT_TOKENS, now));
    long output = Math.min(estimated.output(), perMinute(LimitKind.OUTPUT_TOKENS, now));
    long total = perMinute(LimitKind.TOKENS, now);
    long prompt = Math.min(input, total);
    return new TokenCost(prompt, Math.min(output, total - prompt));
  }

  /** Whether any token limit is known, so that tokens must be estimated. */
  public boolean limitsTokens(long now) {
    return estimates.entrySet().stream()
        .anyMatch(e -> e.getKey() != LimitKind.REQUESTS && e.getValue().limit(now).isPresent());
  }

  /**
   * A call is sent.
   *
   * @param limitFraction this worker's fraction of all calls, above 0 and up to 1
   */
  public SentCall onSent(TokenCost reserved, double limitFraction, long now) {
    SentCall call = new SentCall(reserved, sequence++, now);
    estimates.forEach(
        (kind, estimate) -> estimate.onSent(call, (double) reserved.amount(kind), limitFraction));
    return call;
  }

  /** The provider did not admit a call, or it was not sent. */
  public void onNotAdmitted(SentCall call) {
    estimates.values().forEach(estimate -> estimate.onNotAdmitted(call));
  }

  /**
   * The provider admitted a call.
   *
   * @param used the provider's usage; the reserved cost if it is not reported
   * @param limitFraction this worker's fraction of all calls, above 0 and up to 1
   */
  public void onSuccess(
      SentCall call, TokenCost used, AdvertisedLimits advertised, double limitFraction, long now) {
    halfSlots = Math.min(halfSlots + 1, Integer.MAX_VALUE - 1);
    estimates.forEach(
        (kind, estimate) -> estimate.onAdmitted(used.amount(kind) / limitFraction, now));
    onAdvertised(call, advertised, now);
  }

  /** The reply to a call advertised limits. */
  public void onAdvertised(SentCall call, AdvertisedLimits advertised, long now) {
    advertised.limits().forEach((kind, limit) -> estimate(kind).onAdvertised(limit, call, now));
  }

  /**
   * The provider rejected a call with 429.
   *
   * @param exceeded the limit that the reply names; null if it names none
   */
  public void onThrottled(
      SentCall call, @Nullable LimitKind exceeded, AdvertisedLimits advertised, long now) {
    onNotAdmitted(call);
    onAdvertised(call, advertised, now);
    estimate(exceeded == null ? mostLikelyExceeded() : exceeded).onThrottled(call, now);
    halfSlots = HALF_SLOTS_PER_CALL;
  }

  /**
   * Returns which limit's predicted quota does not suffice for a call for the longest time; null if
   * all suffice.
   *
   * @param cost what it reserves
   */
  public @Nullable QuotaWait quotaWait(TokenCost cost, long now) {
    QuotaWait longest = null;
    for (Map.Entry<LimitKind, LimitEstimate> entry : estimates.entrySet()) {
      LimitKind kind = entry.getKey();
      long until = entry.getValue().availableAt((double) cost.amount(kind), now);
      if (until - (longest == null ? now : longest.until()) > 0) {
        longest = new QuotaWait(kind, until);
      }
    }
    return longest;
  }

  /** A peer inferred a limit from a 429. */
  public void onPeerInferred(LimitKind kind, InferredLimit inferred, long now) {
    estimate(kind).onPeerInferred(inferred, now);
  }

  /** Returns the limits that are inferred from 429s, for the peers. */
  public Map<LimitKind, InferredLimit> inferred(long now) {
    Map<LimitKind, InferredLimit> inferred = new EnumMap<>(LimitKind.class);
    estimates.forEach(
        (kind, estimate) -> estimate.inferred(now).ifPresent(limit -> inferred.put(kind, limit)));
    return inferred;
  }

  /**
   * Starts a ramp of the rates, and a slow start if no limit is known.
   *
   * @param from the initial fraction of the rates
   * @param seconds time until the whole rates apply
   * @param ofPredicted whether it applies even to limits with a predicted quota
   */
  public void ramp(double from, double seconds, boolean ofPredicted, long now) {
    rampOfPredicted = ofPredicted;
    rampFrom = from;
    rampSeconds = seconds;
    rampStart = now;
    slowStart = true;
    halfSlots = HALF_SLOTS_PER_CALL;
  }

  /** Returns the known limits. */
  public List<LimitView> limits(long now) {
    List<LimitView> limits = new ArrayList<>();
    double ramp = ramp(now);
    estimates.forEach(
        (kind, estimate) ->
            estimate
                .limit(now)
                .ifPresent(
                    limit ->
                        limits.add(
                            new LimitView(
                                kind,
                                limit,
                                estimate.source(now),
                                ramp * estimate.sustainableRate(now).orElse(0),
                                estimate.remaining()))));
    return limits;
  }

  private long perMinute(LimitKind kind, long now) {
    OptionalDouble limit = estimate(kind).limit(now);
    return limit.isPresent() ? Math.max(1, (long) (60 * limit.getAsDouble())) : Long.MAX_VALUE;
  }

  private double ramp(long now) {
    double progress = rampSeconds == 0 ? 1 : (now - rampStart) / SECOND / rampSeconds;
    return Math.min(1, rampFrom + (1 - rampFrom) * progress);
  }

  private boolean isAnyLimitKnown(long now) {
    return estimates.values().stream().anyMatch(estimate -> estimate.limit(now).isPresent());
  }

  /** Returns the limit of requests, unless another limit is used up and that one is not. */
  private LimitKind mostLikelyExceeded() {
    boolean isRequests = estimate(LimitKind.REQUESTS).isUsedUp();
    return Arrays.stream(LimitKind.values())
        .filter(kind -> !isRequests && estimate(kind).isUsedUp())
        .findFirst()
        .orElse(LimitKind.REQUESTS);
  }

  private LimitEstimate estimate(LimitKind kind) {
    return Objects.requireNonNull(estimates.get(kind), "one estimate for each kind");
  }
}
