package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.route.TestRoutes;
import dev.sluice.worker.limit.VirtualProvider.AdvertisedHeaders;
import dev.sluice.worker.limit.rate.LimitKind;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How much of a provider's allowance is used, and what it refuses, in virtual time. */
class GoodputTest {
  private static final double PER_MINUTE = 1200;
  private static final Duration MINUTES = Duration.ofMinutes(3);

  private final RouteSettings known =
      TestRoutes.route("r", Map.of("limits.requests-per-minute", (int) PER_MINUTE));
  private final RouteSettings unknown = TestRoutes.route("r", Map.of());

  @Test
  void aShallowBucketIsUsedToTheLast() {
    VirtualRun run = run(known, VirtualProvider.bucket(PER_MINUTE, 1, AdvertisedHeaders.ALL));

    assertThat(share(run, MINUTES)).isGreaterThan(0.985);
    assertThat(run.refused).isZero();
  }

  @Test
  void limitsThatNobodySetAreLearnedFromTheFirstReply() {
    VirtualRun run = run(unknown, VirtualProvider.bucket(PER_MINUTE, 1, AdvertisedHeaders.ALL));

    assertThat(share(run, MINUTES)).isGreaterThan(0.985);
    assertThat(run.refused).isZero();
  }

  @Test
  void tokensOfCallsOfAllSizesAreUsedToTheLast() {
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
      run.go(Duration.ofMinutes(2)); // a deep one's burst
      long before = run.letIn;
      run.go(MINUTES);

      assertThat((run.letIn - before) / (MINUTES.toMinutes() * perMinute))
          .as("burst of %s s", burst)
          .isGreaterThan(0.985);
      assertThat(run.refused).as("burst of %s s", burst).isZero();
    }
  }

  @Test
  void aDeepBucketGivesItsBurstAndThenItsRefill() {
    VirtualRun run = run(unknown, VirtualProvider.bucket(PER_MINUTE, 60, AdvertisedHeaders.ALL));

    assertThat(share(run, Duration.ofMinutes(1))).isGreaterThan(1.8);
    assertThat(share(run, Duration.ofMinutes(1))).isBetween(0.985, 1.05);
    assertThat(run.refused).isZero();
  }

  @Test
  void aProviderThatCountsByTheSecondMeetsNoCallTooMuch() {
    VirtualRun run = run(known, VirtualProvider.window(PER_MINUTE, 1, AdvertisedHeaders.ALL));

    assertThat(share(run, MINUTES)).isGreaterThan(0.96);
    assertThat(run.refused).isZero();
  }

  @Test
  void aProviderThatCountsByTheClocksMinuteMeetsNoCallTooMuch() {
    VirtualRun run = run(known, VirtualProvider.window(PER_MINUTE, 60, AdvertisedHeaders.ALL));

    assertThat(share(run, MINUTES)).isGreaterThan(0.985);
    assertThat(run.refused).isZero();
  }

  @Test
  void whereNothingIsToldASetLimitIsKeptInSecondsAndMinutes() {
    VirtualRun bySecond =
        run(known, VirtualProvider.window(PER_MINUTE, 1, AdvertisedHeaders.RETRY_AFTER));
    VirtualRun byMinute =
        run(known, VirtualProvider.window(PER_MINUTE, 60, AdvertisedHeaders.RETRY_AFTER));

    assertThat(share(bySecond, MINUTES)).isGreaterThan(0.96);
    assertThat(share(byMinute, MINUTES)).isGreaterThan(0.98);
    assertThat(bySecond.refused + byMinute.refused).isZero();
  }

  @Test
  void aLimitThatNobodyTellsIsFoundByFewRefusals() {
    VirtualRun run =
        run(unknown, VirtualProvider.bucket(PER_MINUTE, 1, AdvertisedHeaders.RETRY_AFTER));
    run.go(Duration.ofSeconds(30));
    int refusedAtFirst = run.refused;

    assertThat(share(run, Duration.ofMinutes(10))).isGreaterThan(0.95);
    assertThat(run.refused - refusedAtFirst).isLessThan((int) (run.letIn / 100));
    assertThat(refusedAtFirst).isLessThan(60);
    assertThat(run.insideToldWait).isZero();
  }

  @Test
  void aLimitThatIsHalvedWithoutAWordIsKeptWithinACallInFlight() {
    VirtualProvider provider = VirtualProvider.bucket(PER_MINUTE, 1, AdvertisedHeaders.ALL);
    VirtualRun run = run(known, provider);
    run.go(Duration.ofMinutes(1));
    provider.limit(PER_MINUTE / 2, run.now());
    long before = run.letIn;
    run.go(MINUTES);

    assertThat((run.letIn - before) / (MINUTES.toSeconds() * PER_MINUTE / 120)).isGreaterThan(0.98);
    assertThat(run.refused).isLessThan(10);
    assertThat(run.insideToldWait).isZero();
  }

  @Test
  void whoSpendsFromTheSameKeyIsGivenWay() {
    VirtualRun deep = run(known, VirtualProvider.bucket(PER_MINUTE, 60, AdvertisedHeaders.ALL));
    VirtualRun shallow = run(known, VirtualProvider.bucket(PER_MINUTE, 1, AdvertisedHeaders.ALL));
    VirtualRun byMinute = run(known, VirtualProvider.window(PER_MINUTE, 60, AdvertisedHeaders.ALL));
    for (VirtualRun run : new VirtualRun[] {deep, shallow, byMinute}) {
      run.spendElsewhere(PER_MINUTE / 60 / 3);
    }
    deep.go(Duration.ofMinutes(2)); // its burst

    assertThat(share(deep, MINUTES)).isGreaterThan(0.65);
    assertThat(share(shallow, MINUTES)).isGreaterThan(0.63);
    assertThat(share(byMinute, MINUTES)).isGreaterThan(0.63);
    assertThat(deep.refused).isZero();
    assertThat(shallow.refused + byMinute.refused).isLessThan(20);
  }

  @Test
  void refusalsThatCountDoNotStopItForGood() {
    VirtualRun run =
        run(
            unknown,
            VirtualProvider.bucketThatCountsRefusals(PER_MINUTE, 1, AdvertisedHeaders.RETRY_AFTER));
    run.go(Duration.ofMinutes(1));

    assertThat(share(run, MINUTES)).isGreaterThan(0.93);
    assertThat(run.insideToldWait).isZero();
  }

  private static VirtualRun run(RouteSettings route, VirtualProvider provider) {
    return new VirtualRun(route, provider, LimitKind.REQUESTS, 0.3);
  }

  private static double share(VirtualRun run, Duration time) {
    long before = run.letIn;
    run.go(time);
    return (run.letIn - before) / (time.toSeconds() * PER_MINUTE / 60);
  }
}
