package dev.sluice.producer.route.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.route.RateConstraint;
import dev.sluice.api.route.RoutePlan;
import dev.sluice.api.route.RouteStatus.Hold;
import dev.sluice.api.route.RouteStatus.Limit;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RoutePlannerTest {

  @Test
  void requestLimitBindsIfTokensAllowMore() {
    RoutePlan plan = new TestRoute().limit("requests", 600).limit("tokens", 300_000).plan();

    assertThat(plan.bindingLimit()).isEqualTo("requests");
    assertThat(plan.callsInFlight()).isEqualTo(20); // 10 per second, 2 s each
    assertThat(plan.workersToSaturate()).isEqualTo(3); // 8 + 8 + 4
    assertThat(plan.notes()).isEmpty();
  }

  @Test
  void tokenLimitBindsIfTighter() {
    RoutePlan plan = new TestRoute().limit("requests", 600).limit("tokens", 60_000).plan();

    assertThat(plan.bindingLimit()).isEqualTo("tokens");
    assertThat(saturated(plan).callsPerMinute()).isEqualTo(150);
    assertThat(plan.callsInFlight()).isEqualTo(5);
    assertThat(plan.workersToSaturate()).isEqualTo(1);
  }

  @Test
  void inputAndOutputTokenLimitsCountSeparately() {
    RoutePlan plan =
        new TestRoute().limit("input_tokens", 30_000).limit("output_tokens", 12_000).plan();

    assertThat(plan.limits())
        .extracting(RateConstraint::callsPerMinute)
        .containsExactly(100.0, 120.0);
    assertThat(plan.bindingLimit()).isEqualTo("input_tokens");
  }

  @Test
  void presentRateFollowsFromConcurrencyAndLatency() {
    TestRoute route = new TestRoute().limit("requests", 600);
    route.workers = 2;
    route.queued = 950L;
    RoutePlan plan = route.plan();

    // 16 calls of 2 s: 480 per minute; 50 of the 1,000 tasks are in the broker.
    assertThat(plan.now()).isEqualTo(new RoutePlan.Forecast(2L, 480, 125L));
    assertThat(plan.saturated()).isEqualTo(new RoutePlan.Forecast(3L, 600, 100L));
  }

  @Test
  void moreWorkersThanNeededAreNotFaster() {
    TestRoute route = new TestRoute().limit("requests", 600);
    route.workers = 50;

    assertThat(now(route.plan()).callsPerMinute()).isEqualTo(600);
  }

  @Test
  void fullyUsedWorkersNeedNoAdditionalWorker() {
    RoutePlan plan = new TestRoute().limit("requests", 480).plan();

    assertThat(plan.callsInFlight()).isEqualTo(16);
    assertThat(plan.workersToSaturate()).isEqualTo(2);
  }

  @Test
  void fleetConcurrencyCanBind() {
    TestRoute route = new TestRoute().limit("requests", 600);
    route.fleetConcurrency = 10;
    route.workers = 5;
    RoutePlan plan = route.plan();

    assertThat(plan.bindingLimit()).isEqualTo("fleet_concurrency");
    assertThat(saturated(plan).callsPerMinute()).isEqualTo(300);
    assertThat(plan.workersToSaturate()).isEqualTo(2);
    assertThat(now(plan).callsPerMinute()).isEqualTo(300);
  }

  @Test
  void limitGivesForecastBeforeTheFirstCall() {
    TestRoute route = new TestRoute().limit("requests", 600).limit("tokens", 1000);
    route.avgLatencyMs = null;
    route.tokens = null;
    route.queued = 1150L;
    RoutePlan plan = route.plan();

    assertThat(plan.callsInFlight()).isNull();
    assertThat(plan.workersToSaturate()).isNull();
    assertThat(plan.now()).isNull();
    assertThat(plan.saturated()).isEqualTo(new RoutePlan.Forecast(null, 600, 120L));
    assertThat(plan.notes())
        .containsExactly(
            "No call has finished yet, so the latency and the number of workers needed are unknown.",
            "The number of tokens per call is not known yet, so this limit may be reached earlier.");
  }

  @Test
  void onlyPresentRateIsKnownWithoutLimits() {
    RoutePlan plan = new TestRoute().plan();

    assertThat(plan.bindingLimit()).isNull();
    assertThat(plan.saturated()).isNull();
    assertThat(now(plan).callsPerMinute()).isEqualTo(240);
    assertThat(plan.notes())
        .containsExactly("No limit is known yet, so the maximum rate is unknown.");
  }

  @Test
  void unknownLimitCountsAsCurrentRate() {
    TestRoute route = new TestRoute();
    route.limits = List.of(new Limit("requests", null, "unknown", 120L, null));
    RoutePlan plan = route.plan();

    assertThat(saturated(plan).callsPerMinute()).isEqualTo(120);
    assertThat(plan.notes())
        .containsExactly(
            "The limit of requests per minute is not known yet; this plan uses the workers' current rate.");
  }

  @Test
  void notesNameWhatIsMissing() {
    TestRoute route = new TestRoute().limit("requests", 600);
    route.workers = 0;
    route.queued = null;
    route.hold = new Hold("quota", "No money.", null, false);
    RoutePlan plan = route.plan();

    assertThat(plan.now()).isNull();
    assertThat(plan.backlog()).isNull();
    assertThat(saturated(plan).secondsLeft()).isNull();
    assertThat(plan.notes())
        .containsExactly(
            "No workers are connected.",
            "The database is unavailable, so the backlog is unknown. Set it with --backlog.",
            "The route is held (quota); times count from the end of the hold.");
    assertThat(
            saturated(RoutePlanner.plan(route.status(), new Demand(null, 0, 0), 60L)).secondsLeft())
        .isEqualTo(6);
  }

  @Test
  void unknownLimitNameIsNotCounted() {
    RoutePlan plan = new TestRoute().limit("requests", 600).limit("images", 1).plan();

    assertThat(plan.bindingLimit()).isEqualTo("requests");
    assertThat(plan.notes())
        .containsExactly(
            "The number of images per call is not known yet, so this limit may be reached earlier.");
  }

  private static RoutePlan.Forecast saturated(RoutePlan plan) {
    return Objects.requireNonNull(plan.saturated());
  }

  private static RoutePlan.Forecast now(RoutePlan plan) {
    return Objects.requireNonNull(plan.now());
  }
}
