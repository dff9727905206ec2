package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.limit.VirtualProvider.AdvertisedHeaders;
import dev.sluice.worker.limit.rate.LimitKind;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The used fraction of a provider's limit, and the rejected calls, in virtual time. */
class GoodputTest {
  private static final double PER_MINUTE = 1200;
  private static final Duration MINUTES = Duration.ofMinutes(3);

  private final RouteSettings configured =
      TestRoutes.route("r", Map.of("limits.requests-per-minute", (int) PER_MINUTE));
  private final RouteSettings unconfigured = TestRoutes.route("r", Map.of());

  @Test
  void aShallowBucketIsUsedCompletely() {
    VirtualRun run = run(configured, VirtualProvider.bucket(PER_MINUTE, 1, AdvertisedHeaders.ALL));

    assertThat(usedFraction(run, MINUTES)).isGreaterThan(0.985);
    assertThat(run.throttled).isZero();
  }

  @Test
  void unconfiguredLimitsAreLearnedFromTheFirstReply() {
    VirtualRun run =
        run(unconfigured, VirtualProvider.bucket(PER_MINUTE, 1, AdvertisedHeaders.ALL));

    assertThat(usedFraction(run, MINUTES)).isGreaterThan(0.985);
    assertThat(run.throttled).isZero();
  }

  @Test
  void tokensAreUsedCompletelyByCallsOfAllSizes() {
    double perMinute = 382_000;
    RouteSettings route =
        TestRoutes.route("r", Map.of("limits.tokens-per-minute", (int) perMinute));
    for (double burst : new double[] {1, 2, 60}) {
      VirtualRun run =
          new VirtualRun(
              route,
              VirtualProvider.bucket(perMinute, burst, AdvertisedHeaders.ALL),
              LimitKind.TOKENS,
              0.3);
      run.go(Duration.ofMinutes(2)); // the burst of a deep bucket
      long before = run.admitted;
      run.go(MINUTES);

      assertThat((run.admitted - before) / (MINUTES.toMinutes() * perMinute))
          .as("burst of %s s", burst)
          .isGreaterThan(0.985);
      assertThat(run.throttled).as("burst of %s s", burst).isZero();
    }
  }

  @Test
  void aDeepBucketIsUsedForABurstAndThenAtItsRefill() {
    VirtualRun run =
        run(unconfigured, VirtualProvider.bucket(PER_MINUTE, 60, AdvertisedHeaders.ALL));

    assertThat(usedFraction(run, Duration.ofMinutes(1))).isGreaterThan(1.8);
    assertThat(usedFraction(run, Duration.ofMinutes(1))).isBetween(0.985, 1.05);
    assertThat(run.throttled).isZero();
  }

  @Test
  void aOneSecondWindowRejectsNoCall() {
    VirtualRun run = run(configured, VirtualProvider.window(PER_MINUTE, 1, AdvertisedHeaders.ALL));

    assertThat(usedFraction(run, MINUTES)).isGreaterThan(0.96);
    assertThat(run.throttled).isZero();
  }

  @Test
  void aClockMinuteWindowRejectsNoCall() {
    VirtualRun run = run(configured, VirtualProvider.window(PER_MINUTE, 60, AdvertisedHeaders.ALL));

    assertThat(usedFraction(run, MINUTES)).isGreaterThan(0.985);
    assertThat(run.throttled).isZero();
  }

  @Test
  void aConfiguredLimitIsKeptPerSecondAndPerMinuteWithoutHeaders() {
    VirtualRun bySecond =
        run(configured, VirtualProvider.window(PER_MINUTE, 1, AdvertisedHeaders.RETRY_AFTER));
    VirtualRun byMinute =
        run(configured, VirtualProvider.window(PER_MINUTE, 60, AdvertisedHeaders.RETRY_AFTER));

    assertThat(usedFraction(bySecond, MINUTES)).isGreaterThan(0.96);
    assertThat(usedFraction(byMinute, MINUTES)).isGreaterThan(0.98);
    assertThat(bySecond.throttled + byMinute.throttled).isZero();
  }

  @Test
  void anUnadvertisedLimitIsInferredFromFew429s() {
    VirtualRun run =
        run(unconfigured, VirtualProvider.bucket(PER_MINUTE, 1, AdvertisedHeaders.RETRY_AFTER));
    run.go(Duration.ofSeconds(30));
    int throttledAtFirst = run.throttled;

    assertThat(usedFraction(run, Duration.ofMinutes(10))).isGreaterThan(0.95);
    assertThat(run.throttled - throttledAtFirst).isLessThan((int) (run.admitted / 100));
    assertThat(throttledAtFirst).isLessThan(60);
    assertThat(run.duringRetryAfter).isZero();
  }

  @Test
  void aHalvedLimitAppliesAfterTheNextReply() {
    VirtualProvider provider = VirtualProvider.bucket(PER_MINUTE, 1, AdvertisedHeaders.ALL);
    VirtualRun run = run(configured, provider);
    run.go(Duration.ofMinutes(1));
    provider.setLimit(PER_MINUTE / 2, run.now());
    long before = run.admitted;
    run.go(MINUTES);

    assertThat((run.admitted - before) / (MINUTES.toSeconds() * PER_MINUTE / 120))
        .isGreaterThan(0.98);
    assertThat(run.throttled).isLessThan(10);
    assertThat(run.duringRetryAfter).isZero();
  }

  @Test
  void otherClientsOfTheSameKeyGetTheirCalls() {
    VirtualRun deep =
        run(configured, VirtualProvider.bucket(PER_MINUTE, 60, AdvertisedHeaders.ALL));
    VirtualRun shallow =
        run(configured, VirtualProvider.bucket(PER_MINUTE, 1, AdvertisedHeaders.ALL));
    VirtualRun byMinute =
        run(configured, VirtualProvider.window(PER_MINUTE, 60, AdvertisedHeaders.ALL));
    for (VirtualRun run : new VirtualRun[] {deep, shallow, byMinute}) {
      run.addOtherClient(PER_MINUTE / 60 / 3);
    }
    deep.go(Duration.ofMinutes(2)); // the burst

    assertThat(usedFraction(deep, MINUTES)).isGreaterThan(0.65);
    assertThat(usedFraction(shallow, MINUTES)).isGreaterThan(0.63);
    assertThat(usedFraction(byMinute, MINUTES)).isGreaterThan(0.63);
    assertThat(deep.throttled).isZero();
    assertThat(shallow.throttled + byMinute.throttled).isLessThan(20);
  }

  @Test
  void rejectedCallsThatCountAsCallsDoNotStopTheRoute() {
    VirtualRun run =
        run(
            unconfigured,
            VirtualProvider.bucketThatCountsRejectedCalls(
                PER_MINUTE, 1, AdvertisedHeaders.RETRY_AFTER));
    run.go(Duration.ofMinutes(1));

    assertThat(usedFraction(run, MINUTES)).isGreaterThan(0.93);
    assertThat(run.duringRetryAfter).isZero();
  }

  private static VirtualRun run(RouteSettings route, VirtualProvider provider) {
    return new VirtualRun(route, provider, LimitKind.REQUESTS, 0.3);
  }

  private static double usedFraction(VirtualRun run, Duration time) {
    long before = run.admitted;
    run.go(time);
    return (run.admitted - before) / (time.toSeconds() * PER_MINUTE / 60);
  }
}
