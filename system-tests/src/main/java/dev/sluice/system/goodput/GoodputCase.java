package dev.sluice.system.goodput;

import dev.sluice.simulator.limit.WindowType;
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
          new GoodputCase("rpm", "requests bind", ProviderScenario.usual()),
          new GoodputCase("tpm", "tokens bind", ProviderScenario.usual().withTokens(0.5)),
          new GoodputCase("both", "both near their limits", ProviderScenario.usual().withTokens(1)),
          new GoodputCase(
              "halved",
              "halved midway, untold",
              ProviderScenario.usual().met(new Disturbance.Halving(0.5))),
          new GoodputCase(
              "headers",
              "limits unknown, told by headers",
              ProviderScenario.usual().unknown(LimitHeaders.ALL)),
          new GoodputCase(
              "untold",
              "limits unknown, nothing told but Retry-After",
              ProviderScenario.usual().unknown(LimitHeaders.RETRY_AFTER)),
          new GoodputCase(
              "per-second",
              "counted per second",
              ProviderScenario.usual().counted(WindowType.PER_SECOND, ProviderScenario.SHALLOW)),
          new GoodputCase(
              "fixed-minute",
              "counted per full minute",
              ProviderScenario.usual()
                  .withRequests(0.4)
                  .counted(WindowType.FIXED_MINUTE, ProviderScenario.SHALLOW)),
          new GoodputCase(
              "burst",
              "a minute's burst at the start",
              ProviderScenario.usual()
                  .withRequests(0.4)
                  .counted(WindowType.TOKEN_BUCKET, Duration.ofMinutes(1))),
          new GoodputCase(
              "refused-count",
              "refused calls count; limits unknown, told by headers",
              ProviderScenario.usual().unknown(LimitHeaders.ALL).withRefusedCallsCounted()),
          new GoodputCase(
              "other-client",
              "another client takes a third",
              ProviderScenario.usual().met(new Disturbance.OtherClient(3))),
          new GoodputCase(
              "worker-killed",
              "a worker is killed",
              ProviderScenario.usual().met(new Disturbance.KilledWorker(0.4))),
          new GoodputCase(
              "redis-killed",
              "Redis is killed, back after 10 s",
              ProviderScenario.usual()
                  .met(new Disturbance.KilledRedis(0.4, Duration.ofSeconds(10)))));

  static Optional<GoodputCase> named(String id) {
    return ALL.stream().filter(one -> one.id().equals(id)).findFirst();
  }
}
