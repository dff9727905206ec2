package dev.sluice.producer.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.report.RouteStatus.Hold;
import dev.sluice.producer.report.RouteStatus.Limit;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RoutePlanTest {

  @Test
  void requestsBindWhereTokensWouldAllowMore() {
    RoutePlan plan = new TestRoute().limit("requests", 600).limit("tokens", 300_000).plan();

    assertThat(plan.binds()).isEqualTo("requests");
    assertThat(plan.callsInFlight()).isEqualTo(20); // 10 a second, 2 s each
    assertThat(plan.workersToSaturate()).isEqualTo(3); // 8 + 8 + 4
    assertThat(plan.notes()).isEmpty();
  }

  @Test
  void tokensBindWhereTheyAreTighter() {
    RoutePlan plan = new TestRoute().limit("requests", 600).limit("tokens", 60_000).plan();

    assertThat(plan.binds()).isEqualTo("tokens");
    assertThat(saturated(plan).callsPerMinute()).isEqualTo(150);
    assertThat(plan.callsInFlight()).isEqualTo(5);
    assertThat(plan.workersToSaturate()).isEqualTo(1);
  }

  @Test
  void promptsAndRepliesAreCountedApartWhereTheyAreLimitedApart() {
    RoutePlan plan =
        new TestRoute().limit("input_tokens", 30_000).limit("output_tokens", 12_000).plan();

    assertThat(plan.limits())
        .extracting(RateConstraint::callsPerMinute)
        .containsExactly(100.0, 120.0);
    assertThat(plan.binds()).isEqualTo("input_tokens");
  }

  @Test
  void thePresentWorkersGoAsFastAsTheirCallsEnd() {
    TestRoute route = new TestRoute().limit("requests", 600);
    route.workers = 2;
    route.queued = 950L;
    RoutePlan plan = route.plan();

    // 16 calls of 2 s: 480 a minute; of 1,000 tasks, 50 are in the broker.
    assertThat(plan.now()).isEqualTo(new RoutePlan.Forecast(2L, 480, 125L));
    assertThat(plan.saturated()).isEqualTo(new RoutePlan.Forecast(3L, 600, 100L));
  }

  @Test
  void moreWorkersThanItTakesGoNoFaster() {
    TestRoute route = new TestRoute().limit("requests", 600);
    route.workers = 50;

    assertThat(now(route.plan()).callsPerMinute()).isEqualTo(600);
  }

  @Test
  void exactlyFullWorkersNeedNoOneMore() {
    RoutePlan plan = new TestRoute().limit("requests", 480).plan();

    assertThat(plan.callsInFlight()).isEqualTo(16);
    assertThat(plan.workersToSaturate()).isEqualTo(2);
  }

  @Test
  void theCeilingOfTheFleetIsABoundToo() {
    TestRoute route = new TestRoute().limit("requests", 600);
    route.fleetConcurrency = 10;
    route.workers = 5;
    RoutePlan plan = route.plan();

    assertThat(plan.binds()).isEqualTo("fleet_concurrency");
    assertThat(saturated(plan).callsPerMinute()).isEqualTo(300);
    assertThat(plan.workersToSaturate()).isEqualTo(2);
    assertThat(now(plan).callsPerMinute()).isEqualTo(300);
  }

  @Test
  void beforeTheFirstCallTheLimitStillTellsTheTime() {
    TestRoute route = new TestRoute().limit("requests", 600).limit("tokens", 1000);
    route.callMs = null;
    route.tokens = null;
    route.queued = 1150L;
    RoutePlan plan = route.plan();

    assertThat(plan.callsInFlight()).isNull();
    assertThat(plan.workersToSaturate()).isNull();
    assertThat(plan.now()).isNull();
    assertThat(plan.saturated()).isEqualTo(new RoutePlan.Forecast(null, 600, 120L));
    assertThat(plan.notes())
        .containsExactly(
            "No call was made yet: latency unknown, and with it how many workers it takes.",
            "What a call takes of the tokens is not known yet: that limit may bind earlier.");
  }

  @Test
  void withoutALimitOnlyThePresentIsKnown() {
    RoutePlan plan = new TestRoute().plan();

    assertThat(plan.binds()).isNull();
    assertThat(plan.saturated()).isNull();
    assertThat(now(plan).callsPerMinute()).isEqualTo(240);
    assertThat(plan.notes())
        .containsExactly("No limit is known yet: how fast the route can go is not known.");
  }

  @Test
  void aLimitThatIsStillLookedForCountsAsThePaceOfNow() {
    TestRoute route = new TestRoute();
    route.limits = List.of(new Limit("requests", null, "none", 120L, null));
    RoutePlan plan = route.plan();

    assertThat(saturated(plan).callsPerMinute()).isEqualTo(120);
    assertThat(plan.notes())
        .containsExactly(
            "The limit of requests is not known yet: this counts with the pace that the workers try now.");
  }

  @Test
  void whatIsMissingIsSaid() {
    TestRoute route = new TestRoute().limit("requests", 600);
    route.workers = 0;
    route.queued = null;
    route.hold = new Hold("quota", "No money.", null, false);
    RoutePlan plan = route.plan();

    assertThat(plan.now()).isNull();
    assertThat(plan.backlog()).isNull();
    assertThat(saturated(plan).seconds()).isNull();
    assertThat(plan.notes())
        .containsExactly(
            "No worker is there.",
            "The database is away, the backlog is not known: give one with --backlog.",
            "The route rests now (quota): times count from when it goes on.");
    assertThat(saturated(RoutePlan.of(route.view(), new Demand(null, 0, 0), 60L)).seconds())
        .isEqualTo(6);
  }

  @Test
  void aLimitThatThisVersionDoesNotKnowIsNotCounted() {
    RoutePlan plan = new TestRoute().limit("requests", 600).limit("images", 1).plan();

    assertThat(plan.binds()).isEqualTo("requests");
    assertThat(plan.notes())
        .containsExactly(
            "What a call takes of the images is not known yet: that limit may bind earlier.");
  }

  private static RoutePlan.Forecast saturated(RoutePlan plan) {
    return Objects.requireNonNull(plan.saturated());
  }

  private static RoutePlan.Forecast now(RoutePlan plan) {
    return Objects.requireNonNull(plan.now());
  }
}
