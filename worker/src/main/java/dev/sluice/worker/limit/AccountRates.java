package dev.sluice.worker.limit;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.RateController;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a worker knows of the limits of one account: the target rates and the statistics of its
 * calls. All members of the account share it.
 *
 * <p>Not thread-safe; guarded by the limiter's lock.
 */
record AccountRates(
    Map<LimitKind, Long> configuredPerMinute,
    RateController controller,
    CallAverages calls,
    IsolatedRejections isolatedRejections) {

  static AccountRates of(RouteSettings route, long now) {
    Map<LimitKind, Long> configured = perMinute(route.limits());
    return new AccountRates(
        configured,
        new RateController(configured, route.limits().learn(), now),
        new CallAverages(),
        new IsolatedRejections());
  }

  /** Replaces some of the configured limits. */
  void override(Map<LimitKind, Long> perMinute) {
    Map<LimitKind, Long> limits = new EnumMap<>(configuredPerMinute);
    limits.putAll(perMinute);
    controller.configure(limits);
  }

  private static Map<LimitKind, Long> perMinute(RouteSettings.Limits limits) {
    Map<LimitKind, Long> perMinute = new EnumMap<>(LimitKind.class);
    perMinute.put(LimitKind.REQUESTS, limits.requestsPerMinute());
    perMinute.put(LimitKind.TOKENS, limits.tokensPerMinute());
    perMinute.put(LimitKind.INPUT_TOKENS, limits.inputTokensPerMinute());
    perMinute.put(LimitKind.OUTPUT_TOKENS, limits.outputTokensPerMinute());
    return perMinute;
  }
}
