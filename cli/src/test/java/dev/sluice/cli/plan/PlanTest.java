package dev.sluice.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.client.RouteState;
import dev.sluice.cli.client.RouteState.Hold;
import dev.sluice.cli.client.RouteState.Limit;
import dev.sluice.cli.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final OptionalLong UNKNOWN = OptionalLong.empty();

  @Test
  void requestsBindWhereTokensWouldAllowMore() {
    Plan plan = new Route().limit("requests", 600).limit("tokens", 300_000).plan();

    assertThat(binding(plan)).isEqualTo("requests");
    assertThat(plan.callsInFlight()).hasValue(20); // 10 a second, 2 s each
    assertThat(plan.workersToSaturate()).hasValue(3); // 8 + 8 + 4
    assertThat(plan.notes()).isEmpty();
  }

  @Test
  void tokensBindWhereTheyAreTighter() {
    Plan plan = new Route().limit("requests", 600).limit("tokens", 60_000).plan();

    assertThat(binding(plan)).isEqualTo("tokens");
    assertThat(plan.saturated().orElseThrow().callsPerMinute()).isEqualTo(150);
    assertThat(plan.callsInFlight()).hasValue(5);
    assertThat(plan.workersToSaturate()).hasValue(1);
    assertThat(plan.isSaturated()).isTrue();
  }

  @Test
  void promptsAndRepliesAreCountedApartWhereTheyAreLimitedApart() {
    Plan plan = new Route().limit("input_tokens", 30_000).limit("output_tokens", 12_000).plan();

    assertThat(plan.bounds())
        .extracting(bound -> bound.callsPerMinute().getAsDouble())
        .containsExactly(100.0, 120.0);
    assertThat(binding(plan)).isEqualTo("input_tokens");
  }

  @Test
  void thePresentWorkersGoAsFastAsTheirCallsEnd() {
    Route route = new Route().limit("requests", 600);
    route.workers = 2;
    route.queued = OptionalLong.of(950);
    Plan plan = route.plan();

    // 16 calls of 2 s: 480 a minute; of 1,000 tasks, 50 are in the broker.
    assertThat(plan.now())
        .contains(new Plan.Outlook(OptionalLong.of(2), 480, Optional.of(Duration.ofSeconds(125))));
    assertThat(plan.saturated())
        .contains(new Plan.Outlook(OptionalLong.of(3), 600, Optional.of(Duration.ofSeconds(100))));
    assertThat(plan.isSaturated()).isFalse();
  }

  @Test
  void moreWorkersThanItTakesGoNoFaster() {
    Route route = new Route().limit("requests", 600);
    route.workers = 50;
    Plan plan = route.plan();

    assertThat(plan.now().orElseThrow().callsPerMinute()).isEqualTo(600);
    assertThat(plan.isSaturated()).isTrue();
  }

  @Test
  void exactlyFullWorkersNeedNoOneMore() {
    Plan plan = new Route().limit("requests", 480).plan();

    assertThat(plan.callsInFlight()).hasValue(16);
    assertThat(plan.workersToSaturate()).hasValue(2);
  }

  @Test
  void theCeilingOfTheFleetIsABoundToo() {
    Route route = new Route().limit("requests", 600);
    route.fleetConcurrency = OptionalLong.of(10);
    route.workers = 5;
    Plan plan = route.plan();

    assertThat(binding(plan)).isEqualTo("fleet_concurrency");
    assertThat(plan.saturated().orElseThrow().callsPerMinute()).isEqualTo(300);
    assertThat(plan.workersToSaturate()).hasValue(2);
    assertThat(plan.now().orElseThrow().callsPerMinute()).isEqualTo(300);
  }

  @Test
  void beforeTheFirstCallTheLimitStillTellsTheTime() {
    Route route = new Route().limit("requests", 600).limit("tokens", 1000);
    route.callMs = UNKNOWN;
    route.tokens = UNKNOWN;
    route.queued = OptionalLong.of(1150);
    Plan plan = route.plan();

    assertThat(plan.callsInFlight()).isEmpty();
    assertThat(plan.workersToSaturate()).isEmpty();
    assertThat(plan.now()).isEmpty();
    assertThat(plan.saturated())
        .contains(new Plan.Outlook(UNKNOWN, 600, Optional.of(Duration.ofMinutes(2))));
    assertThat(plan.notes())
        .containsExactly(
            "No call was made yet: latency unknown, and with it how many workers it takes.",
            "What a call takes of the tokens is not known yet: that limit may bind earlier.");
  }

  @Test
  void withoutALimitOnlyThePresentIsKnown() {
    Plan plan = new Route().plan();

    assertThat(plan.binding()).isEmpty();
    assertThat(plan.saturated()).isEmpty();
    assertThat(plan.isSaturated()).isFalse();
    assertThat(plan.now().orElseThrow().callsPerMinute()).isEqualTo(240);
    assertThat(plan.notes())
        .containsExactly("No limit is known yet: how fast the route can go is not known.");
  }

  @Test
  void aLimitThatIsStillLookedForCountsAsThePaceOfNow() {
    Route route = new Route();
    route.limits = List.of(new Limit("requests", UNKNOWN, "none", OptionalLong.of(120), UNKNOWN));
    Plan plan = route.plan();

    assertThat(plan.saturated().orElseThrow().callsPerMinute()).isEqualTo(120);
    assertThat(plan.notes())
        .containsExactly(
            "The limit of requests is not known yet: this counts with the pace that the workers try now.");
  }

  @Test
  void whatIsMissingIsSaid() {
    Route route = new Route().limit("requests", 600);
    route.workers = 0;
    route.queued = UNKNOWN;
    route.hold = Optional.of(new Hold("quota", "No money."));
    Plan plan = route.plan();

    assertThat(plan.now()).isEmpty();
    assertThat(plan.backlog()).isEmpty();
    assertThat(plan.saturated().orElseThrow().done()).isEmpty();
    assertThat(plan.notes())
        .containsExactly(
            "No worker is there.",
            "The database is away, the backlog is not known: give one with --backlog.",
            "The route rests now (quota): times count from when it goes on.");
    assertThat(Plan.of(route.state(), OptionalLong.of(60)).saturated().orElseThrow().done())
        .contains(Duration.ofSeconds(6));
  }

  @Test
  void aLimitThatThisVersionDoesNotKnowIsNotCounted() {
    Plan plan = new Route().limit("requests", 600).limit("images", 1).plan();

    assertThat(binding(plan)).isEqualTo("requests");
    assertThat(plan.notes())
        .containsExactly(
            "What a call takes of the images is not known yet: that limit may bind earlier.");
  }

  private static String binding(Plan plan) {
    return plan.binding().orElseThrow().what();
  }

  /** One worker with 8 calls of 2 s and 300 + 100 tokens each, and 50 tasks in the broker. */
  private static final class Route {
    private List<Limit> limits = List.of();
    private OptionalLong fleetConcurrency = UNKNOWN;
    private long workers = 1;
    private OptionalLong queued = OptionalLong.of(0);
    private OptionalLong callMs = OptionalLong.of(2000);
    private OptionalLong tokens = OptionalLong.of(400);
    private Optional<Hold> hold = Optional.empty();

    Route limit(String what, long perMinute) {
      Limit limit = new Limit(what, OptionalLong.of(perMinute), "told", UNKNOWN, UNKNOWN);
      limits = Stream.concat(limits.stream(), Stream.of(limit)).toList();
      return this;
    }

    Plan plan() {
      return Plan.of(state(), UNKNOWN);
    }

    RouteState state() {
      return new RouteState(
          "mini",
          "host",
          List.of("*"),
          8,
          fleetConcurrency,
          workers,
          0,
          0,
          queued,
          OptionalLong.of(50),
          Optional.empty(),
          hold,
          limits,
          Optional.empty(),
          0,
          0,
          callMs,
          tokens,
          OptionalLong.of(300),
          OptionalLong.of(100),
          List.of(),
          Json.object());
    }
  }
}
