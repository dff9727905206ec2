package dev.sluice.bench.goodput;

import dev.sluice.simulator.limit.LimitAlgorithm;
import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.limit.PerMinute;
import dev.sluice.simulator.provider.LimitHeaders;
import java.time.Duration;
import java.util.Map;

/**
 * The provider's behaviour in a case, and what the system knows of it.
 *
 * @param requests request limit, as a fraction of the command line's limit
 * @param tokens token limit, as a fraction of what such a rate of mean-sized tasks needs
 * @param known whether the system is configured with the limits
 * @param headers rate limit headers of the replies
 * @param counting how the provider counts a minute
 * @param burst capacity of the token bucket, as a duration
 * @param rejectedCallsCount whether a rejected call uses up a request
 * @param disturbance event during the run
 */
record ProviderScenario(
    double requests,
    double tokens,
    boolean known,
    LimitHeaders headers,
    LimitAlgorithm counting,
    Duration burst,
    boolean rejectedCallsCount,
    Disturbance disturbance) {
  /** A bucket that allows almost no burst: the strict reading of a limit per minute. */
  static final Duration SHALLOW = Duration.ofSeconds(1);

  private static final double NOT_BINDING = 3;

  /** The request limit binds, the limits are configured and advertised, nothing happens. */
  static ProviderScenario defaults() {
    return new ProviderScenario(
        1,
        NOT_BINDING,
        true,
        LimitHeaders.ALL,
        LimitAlgorithm.TOKEN_BUCKET,
        SHALLOW,
        false,
        new Disturbance.None());
  }

  ProviderScenario withRequests(double fraction) {
    return new ProviderScenario(
        fraction, tokens, known, headers, counting, burst, rejectedCallsCount, disturbance);
  }

  ProviderScenario withTokens(double fraction) {
    return new ProviderScenario(
        requests, fraction, known, headers, counting, burst, rejectedCallsCount, disturbance);
  }

  ProviderScenario unconfigured(LimitHeaders advertised) {
    return new ProviderScenario(
        requests, tokens, false, advertised, counting, burst, rejectedCallsCount, disturbance);
  }

  ProviderScenario withAlgorithm(LimitAlgorithm algorithm, Duration depth) {
    return new ProviderScenario(
        requests, tokens, known, headers, algorithm, depth, rejectedCallsCount, disturbance);
  }

  ProviderScenario withRejectedCallsCounted() {
    return new ProviderScenario(
        requests, tokens, known, headers, counting, burst, true, disturbance);
  }

  ProviderScenario disturbedBy(Disturbance event) {
    return new ProviderScenario(
        requests, tokens, known, headers, counting, burst, rejectedCallsCount, event);
  }

  /** The limits at the start. */
  PerMinute perMinute(long requestsPerMinute, double meanCharge) {
    return new PerMinute(
        Math.max(1, Math.round(requests * requestsPerMinute)),
        Math.max(1, Math.round(tokens * requests * requestsPerMinute * meanCharge)));
  }

  LimitSettings limits(PerMinute perMinute) {
    return new LimitSettings(perMinute, Map.of(), counting, burst, rejectedCallsCount);
  }
}
