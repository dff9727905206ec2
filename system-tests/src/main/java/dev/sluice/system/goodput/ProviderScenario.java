package dev.sluice.system.goodput;

import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.limit.PerMinute;
import dev.sluice.simulator.limit.WindowType;
import dev.sluice.simulator.provider.LimitHeaders;
import java.time.Duration;
import java.util.Map;

/**
 * How the provider behaves in a case, and what the contender's user knows of it.
 *
 * @param requests the limit of requests, as a part of that of the command line
 * @param tokens the limit of tokens, as a part of what so many tasks of mean size need
 * @param known whether the user knows the limits
 * @param headers what the replies tell of them
 * @param counting how a minute is counted
 * @param burst what a bucket holds
 * @param refusedCallsCount whether a refused call spends a request too
 * @param disturbance what happens under way
 */
record ProviderScenario(
    double requests,
    double tokens,
    boolean known,
    LimitHeaders headers,
    WindowType counting,
    Duration burst,
    boolean refusedCallsCount,
    Disturbance disturbance) {
  /** A bucket that hides no burst: the strict reading of a limit per minute. */
  static final Duration SHALLOW = Duration.ofSeconds(1);

  private static final double NOT_BINDING = 3;

  /** Requests bind, the limits are known and told, nothing happens. */
  static ProviderScenario usual() {
    return new ProviderScenario(
        1,
        NOT_BINDING,
        true,
        LimitHeaders.ALL,
        WindowType.BUCKET,
        SHALLOW,
        false,
        new Disturbance.None());
  }

  ProviderScenario withRequests(double part) {
    return new ProviderScenario(
        part, tokens, known, headers, counting, burst, refusedCallsCount, disturbance);
  }

  ProviderScenario withTokens(double part) {
    return new ProviderScenario(
        requests, part, known, headers, counting, burst, refusedCallsCount, disturbance);
  }

  ProviderScenario unknown(LimitHeaders told) {
    return new ProviderScenario(
        requests, tokens, false, told, counting, burst, refusedCallsCount, disturbance);
  }

  ProviderScenario counted(WindowType how, Duration depth) {
    return new ProviderScenario(
        requests, tokens, known, headers, how, depth, refusedCallsCount, disturbance);
  }

  ProviderScenario withRefusedCallsCounted() {
    return new ProviderScenario(
        requests, tokens, known, headers, counting, burst, true, disturbance);
  }

  ProviderScenario met(Disturbance by) {
    return new ProviderScenario(
        requests, tokens, known, headers, counting, burst, refusedCallsCount, by);
  }

  /** The limits at the beginning. */
  PerMinute perMinute(long requestsPerMinute, double meanCharge) {
    return new PerMinute(
        Math.max(1, Math.round(requests * requestsPerMinute)),
        Math.max(1, Math.round(tokens * requests * requestsPerMinute * meanCharge)));
  }

  LimitSettings limits(PerMinute perMinute) {
    return new LimitSettings(perMinute, Map.of(), counting, burst, refusedCallsCount);
  }
}
