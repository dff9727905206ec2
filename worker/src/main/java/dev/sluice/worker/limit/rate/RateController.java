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
 * Says how fast the workers together may go on a route, by all that is known of its limits.
 *
 * <p>While nothing is known the calls in flight are bounded instead: one at first, then one more
 * for every two that succeed, so that the refusal that ends it is not met by a crowd. The first
 * reply of a provider that tells its limits ends that at once. After a rest the pace rises over
 * some seconds from a part of it. Times are nanoseconds of any clock. Not thread-safe: its owner
 * holds a lock.
 */
public final class RateController {
  private static final double SECOND = 1e9;
  private static final double NEWEST = 0.1;
  private static final double FIRST_TOKENS = 1_000;

  private final Map<LimitKind, LimitEstimate> beliefs = new EnumMap<>(LimitKind.class);

  /** Whether the calls in flight are bounded while no limit is known. */
  private boolean starting;

  /** Two for each call that may be in flight. */
  private int halfWindows = 2;

  private double latency = 1;
  private boolean anyEnded;
  private double rampFrom = 1;
  private double rampSeconds;
  private long rampStart;

  /**
   * @param setPerMinute what the settings say of each limit; what is not there is learned
   * @param learn whether limits are learned
   */
  public RateController(Map<LimitKind, Long> setPerMinute, boolean learn, long now) {
    this.starting = learn;
    for (LimitKind limitKind : LimitKind.values()) {
      double set = setPerMinute.getOrDefault(limitKind, 0L) / 60.0;
      double firstMark = limitKind == LimitKind.REQUESTS ? 1 : FIRST_TOKENS;
      beliefs.put(limitKind, new LimitEstimate(set, learn, firstMark, now));
    }
    this.rampStart = now;
  }

  /** From now on these stand for what the settings say; what is 0 or not there is learned. */
  public void set(Map<LimitKind, Long> perMinute) {
    beliefs.forEach(
        (limitKind, limitEstimate) ->
            limitEstimate.set(perMinute.getOrDefault(limitKind, 0L) / 60.0));
  }

  /** How fast the workers together may go now. */
  public Rates rates(long now) {
    Map<LimitKind, Double> rates = new EnumMap<>(LimitKind.class);
    boolean punctual = false;
    double ramp = ramp(now);
    for (Map.Entry<LimitKind, LimitEstimate> entry : beliefs.entrySet()) {
      OptionalDouble rate = entry.getValue().rate(now, latency);
      if (rate.isPresent()) {
        rates.put(entry.getKey(), rate.getAsDouble() * ramp);
        punctual |= entry.getKey() == LimitKind.REQUESTS && entry.getValue().needsStrictSpacing();
      }
    }
    return rates.isEmpty() ? Rates.UNBOUNDED : new Rates(rates, punctual);
  }

  /** How many calls may be in flight; no bound as soon as any limit is known. */
  public int window(long now) {
    return !starting || isAnyLimitKnown(now) ? Integer.MAX_VALUE : halfWindows / 2;
  }

  /**
   * What of an estimate is to be reserved: of no limit more than a minute has, so that a call that
   * is too large goes out as well, and the provider says so.
   */
  public TokenCost reserved(TokenCost estimated, long now) {
    long input = Math.min(estimated.input(), ofAMinute(LimitKind.INPUT_TOKENS, now));
    long output = Math.min(estimated.output(), ofAMinute(LimitKind.OUTPUT_TOKENS, now));
    long both = ofAMinute(LimitKind.TOKENS, now);
    long prompt = Math.min(input, both);
    return new TokenCost(prompt, Math.min(output, both - prompt));
  }

  /** Whether a limit of tokens is known: where none is, nobody needs to count them. */
  public boolean countsTokens(long now) {
    return beliefs.entrySet().stream()
        .anyMatch(e -> e.getKey() != LimitKind.REQUESTS && e.getValue().limit(now).isPresent());
  }

  /**
   * The provider took a call.
   *
   * @param charged what was reserved for it
   * @param used what the provider counted; what was reserved where it does not say
   * @param share the part of all calls that this worker makes, above 0 and up to 1
   */
  public void onSuccess(
      TokenCost charged,
      TokenCost used,
      AdvertisedLimits advertisedLimits,
      double seconds,
      double share,
      long now) {
    latency = anyEnded ? latency + NEWEST * (seconds - latency) : seconds;
    anyEnded = true;
    halfWindows = Math.min(halfWindows + 1, Integer.MAX_VALUE - 1);
    beliefs.forEach(
        (limitKind, limitEstimate) -> limitEstimate.admitted(used.of(limitKind) / share, now));
    onAdvertised(charged, advertisedLimits, now);
  }

  /**
   * A reply told how the limits stand.
   *
   * @param cost what its call took of them; nothing where it was refused
   */
  public void onAdvertised(@Nullable TokenCost cost, AdvertisedLimits advertisedLimits, long now) {
    advertisedLimits
        .levels()
        .forEach(
            (limitKind, advertisedLimit) ->
                estimate(limitKind)
                    .onAdvertised(advertisedLimit, cost == null ? 0 : cost.of(limitKind), now));
  }

  /**
   * The provider refused a call for its limits.
   *
   * @param what the limit that it names; null where it names none
   */
  public void onThrottled(@Nullable LimitKind what, AdvertisedLimits advertisedLimits, long now) {
    onAdvertised(null, advertisedLimits, now);
    estimate(what == null ? likeliest() : what).onThrottled(now);
    halfWindows = 2;
  }

  /** Another worker found a limit by being refused. */
  public void onPeerInferred(LimitKind limitKind, InferredLimit found, long now) {
    estimate(limitKind).onPeerInferred(found, now);
  }

  /** What refusals taught of limits that are neither set nor told. */
  public Map<LimitKind, InferredLimit> inferred(long now) {
    Map<LimitKind, InferredLimit> found = new EnumMap<>(LimitKind.class);
    beliefs.forEach(
        (limitKind, limitEstimate) ->
            limitEstimate
                .inferred(now)
                .ifPresent(inferredLimit -> found.put(limitKind, inferredLimit)));
    return found;
  }

  /** From now on the pace rises from that part of it to the whole, and the window from one. */
  public void ramp(double from, double seconds, long now) {
    rampFrom = from;
    rampSeconds = seconds;
    rampStart = now;
    starting = true;
    halfWindows = 2;
  }

  /** How each limit stands, those of which nothing is known left out. */
  public List<LimitView> limits(long now) {
    List<LimitView> all = new ArrayList<>();
    Rates pace = rates(now);
    beliefs.forEach(
        (limitKind, limitEstimate) ->
            limitEstimate
                .limit(now)
                .ifPresent(
                    limit ->
                        all.add(
                            new LimitView(
                                limitKind,
                                limit,
                                limitEstimate.source(now),
                                pace.of(limitKind).orElse(0),
                                limitEstimate.remaining()))));
    return all;
  }

  private long ofAMinute(LimitKind limitKind, long now) {
    OptionalDouble limit = estimate(limitKind).limit(now);
    return limit.isPresent() ? Math.max(1, (long) (60 * limit.getAsDouble())) : Long.MAX_VALUE;
  }

  private double ramp(long now) {
    double part = rampSeconds == 0 ? 1 : (now - rampStart) / SECOND / rampSeconds;
    return Math.min(1, rampFrom + (1 - rampFrom) * part);
  }

  private boolean isAnyLimitKnown(long now) {
    return beliefs.values().stream()
        .anyMatch(limitEstimate -> limitEstimate.limit(now).isPresent());
  }

  /** Where a refusal names no limit: that of requests, unless only another one is used up. */
  private LimitKind likeliest() {
    boolean isByRequests = estimate(LimitKind.REQUESTS).isUsedUp();
    return Arrays.stream(LimitKind.values())
        .filter(limitKind -> !isByRequests && estimate(limitKind).isUsedUp())
        .findFirst()
        .orElse(LimitKind.REQUESTS);
  }

  private LimitEstimate estimate(LimitKind limitKind) {
    return Objects.requireNonNull(beliefs.get(limitKind), "there is one for each");
  }
}
