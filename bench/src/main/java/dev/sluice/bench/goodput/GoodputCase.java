package dev.sluice.bench.goodput;

import dev.sluice.simulator.limit.LimitAlgorithm;
import dev.sluice.simulator.provider.LimitHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A benchmark case.
 *
 * @param id name on the command line
 * @param title name in the report
 */
record GoodputCase(String id, String title, ProviderScenario setting) {
  static final List<GoodputCase> ALL =
      List.of(
          new GoodputCase("rpm", "request-limited", ProviderScenario.defaults()),
          new GoodputCase("tpm", "token-limited", ProviderScenario.defaults().withTokens(0.5)),
          new GoodputCase(
              "both", "both near their limits", ProviderScenario.defaults().withTokens(1)),
          new GoodputCase(
              "halved",
              "halved midway, without notice",
              ProviderScenario.defaults().disturbedBy(new Disturbance.Halving(0.5))),
          new GoodputCase(
              "headers",
              "limits unknown, advertised in headers",
              ProviderScenario.defaults().unconfigured(LimitHeaders.ALL)),
          new GoodputCase(
              "unannounced",
              "limits unknown, only Retry-After",
              ProviderScenario.defaults().unconfigured(LimitHeaders.RETRY_AFTER)),
          new GoodputCase(
              "per-second",
              "counted per second",
              ProviderScenario.defaults()
                  .withAlgorithm(LimitAlgorithm.PER_SECOND, ProviderScenario.SHALLOW)),
          new GoodputCase(
              "fixed-minute",
              "counted per full minute",
              ProviderScenario.defaults()
                  .withRequests(0.4)
                  .withAlgorithm(LimitAlgorithm.FIXED_MINUTE, ProviderScenario.SHALLOW)),
          new GoodputCase(
              "burst",
              "a minute's burst at the start",
              ProviderScenario.defaults()
                  .withRequests(0.4)
                  .withAlgorithm(LimitAlgorithm.TOKEN_BUCKET, Duration.ofMinutes(1))),
          new GoodputCase(
              "rejected-count",
              "rejected calls count; limits unknown, advertised in headers",
              ProviderScenario.defaults()
                  .unconfigured(LimitHeaders.ALL)
                  .withRejectedCallsCounted()),
          new GoodputCase(
              "other-client",
              "another client takes a third",
              ProviderScenario.defaults().disturbedBy(new Disturbance.OtherClient(3))),
          new GoodputCase(
              "worker-killed",
              "a worker is killed",
              ProviderScenario.defaults().disturbedBy(new Disturbance.KilledWorker(0.4))),
          new GoodputCase(
              "redis-killed",
              "Redis is killed, back after 10 s",
              ProviderScenario.defaults()
                  .disturbedBy(new Disturbance.KilledRedis(0.4, Duration.ofSeconds(10)))));

  static Optional<GoodputCase> named(String id) {
    return ALL.stream().filter(one -> one.id().equals(id)).findFirst();
  }
}
