package dev.sluice.producer.route.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.api.route.RouteStatus.Hold;
import dev.sluice.api.route.RouteStatus.Limit;
import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.common.fleet.RouteReport.MemberReport;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.producer.route.override.OperatorOverride;
import dev.sluice.producer.store.UnfinishedTaskCounter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteStatusAggregatorTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final OperatorOverride NO_OVERRIDE = OperatorOverride.none(TestReports.ROUTE);
  private static final UnfinishedTaskCounter.Count NONE = new UnfinishedTaskCounter.Count(0, 0);

  @Test
  void countersAreSummedAndAveragesWeighted() {
    RouteStatus status =
        merge(
            NONE,
            at(0, "a", working(3, 1, new CallsReport(900, 2, 1000, 100))),
            at(0, "b", working(4, 2, new CallsReport(100, 1, 2000, 300))),
            at(0, "c", TestReports.idle()));

    assertThat(status.workers()).isEqualTo(3);
    assertThat(status.running()).isEqualTo(7);
    assertThat(status.waiting()).isEqualTo(3);
    assertThat(status.callsFinished()).isEqualTo(1000);
    assertThat(status.throttled()).isEqualTo(3);
    assertThat(status.avgLatencyMs()).isEqualTo(1500);
    assertThat(status.tokensPerCall()).isEqualTo(200);
    assertThat(status.inputTokensPerCall()).isNull();
    assertThat(status.perWorker())
        .extracting(RouteStatus.Worker::name)
        .containsExactly("a", "b", "c");
    assertThat(status.perWorker().getLast().avgLatencyMs()).isNull();
  }

  @Test
  void stoppingWorkerCountsItsCallsButNotAsWorker() {
    RouteStatus status =
        merge(
            NONE,
            new ReportedRoute("a", true, NOW, Duration.ZERO, working(3, 0, TestReports.NO_CALLS)));

    assertThat(status.workers()).isZero();
    assertThat(status.running()).isEqualTo(3);
    assertThat(status.perWorker().getFirst().stopping()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"PT25H, 90000", "-PT61S, -61", "PT60S,", "PT0S,"})
  void clockThatDisagreesByMoreThanAMinuteIsShown(Duration offset, @Nullable Long seconds) {
    RouteStatus status =
        merge(NONE, new ReportedRoute("a", false, NOW, offset, TestReports.idle()));

    assertThat(status.perWorker().getFirst().clockOffsetSeconds()).isEqualTo(seconds);
  }

  @Test
  void membersAreMergedByTheirNames() {
    RouteSettings settings =
        TestRoutes.route(
            TestReports.ROUTE,
            Map.of(
                "provider.url", "http://p:81/v1",
                "members[0].name", "eu",
                "members[1].name", "us",
                "members[1].order", 2,
                "members[1].account", "other",
                "limits.requests-per-minute", 600));
    RouteReport a =
        withMember("eu", 2, new HoldReport("quota", "No money.", 5000, false), List.of());
    RouteReport b =
        withMember("eu", 3, null, List.of(new LimitReport("requests", 500, "advertised", 490, 9L)));

    RouteStatus status =
        RouteStatusAggregator.merge(
            settings, List.of(at(-1, "a", a), at(0, "b", b)), NO_OVERRIDE, NONE, NOW);

    RouteStatus.Member eu = status.members().getFirst();
    assertThat(eu.running()).isEqualTo(5);
    assertThat(eu.hold()).isEqualTo(new Hold("quota", "No money.", NOW.plusSeconds(4), false));
    assertThat(eu.limits()).containsExactly(new Limit("requests", 500L, "advertised", 490L, 9L));
    assertThat(status.members().getLast())
        .isEqualTo(
            new RouteStatus.Member(
                "us",
                "other",
                "p:81",
                2,
                0,
                null,
                List.of(new Limit("requests", 600L, "configured", null, null)),
                0,
                0,
                null));
    assertThat(status.limits())
        .as("until a worker reports them, the limits of two accounts")
        .containsExactly(new Limit("requests", 1200L, "configured", null, null));
    assertThat(status.provider()).isEqualTo("p:81");
  }

  private static RouteReport withMember(
      String name, int running, @Nullable HoldReport hold, List<LimitReport> limits) {
    return TestReports.withMembers(
        new MemberReport(name, name, running, hold, limits, TestReports.NO_CALLS));
  }

  @Test
  void longestHoldWins() {
    RouteStatus status =
        merge(
            NONE,
            at(-2, "a", TestReports.held("rate_limit", 9000, false)),
            at(0, "b", TestReports.held("rate_limit", 6000, false)),
            at(0, "c", TestReports.idle()));

    assertThat(status.hold())
        .isEqualTo(new Hold("rate_limit", "Because.", NOW.plusSeconds(7), false));
    assertThat(status.waitsFor()).isEqualTo("hold: rate limit until 2026-11-01T12:00:07Z");
    assertThat(status.perWorker().get(1).waitsFor())
        .isEqualTo("hold: rate limit until 2026-11-01T12:00:06Z");
    assertThat(status.perWorker().get(2).waitsFor()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "rate_limit, 6001, false, hold: rate limit until 2026-11-01T12:00:07Z",
    "rate_limit, 0, true, 'hold: rate limit, probe in progress'",
    "quota, 19001, false, 'hold: quota, next probe in 20 s'",
    "quota, 0, false, 'hold: quota, next probe in 0 s'",
    "api_key, 600000, false, 'hold: API key, next probe in 10 min'",
    "model_not_found, 0, true, 'hold: model not found, probe in progress'",
    "breaker, 119500, false, 'circuit breaker open, next probe in 2 min'",
    "breaker, 7201000, false, 'circuit breaker open, next probe in 3 h'",
  })
  void holdIsDescribedAsText(String kind, long remainingMillis, boolean probing, String text) {
    assertThat(merge(NONE, at(0, "a", TestReports.held(kind, remainingMillis, probing))).waitsFor())
        .isEqualTo(text);
  }

  @Test
  void holdsOfSourcesAreMergedAndYieldToAHoldOfTheRoute() {
    ReportedRoute one = at(0, "a", TestReports.heldSources("breaker", 9000, "batch_1 m"));
    ReportedRoute two = at(0, "b", TestReports.heldSources("breaker", 8000, "key:k m"));
    RouteStatus partial = merge(NONE, one, two);

    assertThat(partial.hold())
        .isEqualTo(
            new Hold(
                "breaker",
                "Because.",
                null,
                NOW.plusSeconds(9),
                false,
                true,
                List.of("batch_1 m", "key:k m"),
                true));
    assertThat(partial.waitsFor())
        .isEqualTo("circuit breaker open for some batches or callers, next probe in 9 s");
    assertThat(merge(NONE, one, at(0, "b", TestReports.held("quota", 5000, false))).hold())
        .isEqualTo(new Hold("quota", "Because.", NOW.plusSeconds(5), false));
  }

  @Test
  void rateLimitHoldEndsAtItsTimeAndQuotaHoldDoesNot() {
    assertThat(merge(NONE, at(-5, "a", TestReports.held("rate_limit", 5000, false))).hold())
        .isNull();
    assertThat(merge(NONE, at(-5, "a", TestReports.held("quota", 5000, false))).hold())
        .isEqualTo(new Hold("quota", "Because.", NOW, false));
  }

  @Test
  void mostRecentReportOfEachLimitWins() {
    RouteStatus status =
        merge(
            NONE,
            at(
                -2,
                "a",
                TestReports.limited(
                    new LimitReport("requests", 400, "advertised", 390, 7L),
                    new LimitReport("tokens", 9000, "advertised", 8900, null))),
            at(
                -1,
                "b",
                TestReports.limited(
                    new LimitReport("requests", 500, "advertised", 0, 20L),
                    new LimitReport("tokens", 0, "unknown", 0, null))));

    assertThat(status.limits())
        .containsExactlyInAnyOrder(
            new Limit("requests", 500L, "advertised", null, 20L),
            new Limit("tokens", 9000L, "advertised", 8900L, null));
    assertThat(status.limitStorage()).isEqualTo("partitioned");
  }

  @Test
  void limitsAreConfiguredOnesWithoutWorkers() {
    RouteStatus status = merge(new UnfinishedTaskCounter.Count(3, 2));

    assertThat(status.limits())
        .containsExactly(new Limit("requests", 600L, "configured", null, null));
    assertThat(status.limitStorage()).isNull();
    assertThat(status.avgLatencyMs()).isNull();
    assertThat(status.queued()).isEqualTo(3);
    assertThat(status.inBroker()).isEqualTo(2);
    assertThat(status.waitsFor()).isEqualTo("worker: none connected");
    assertThat(merge(NONE).waitsFor()).isNull();
  }

  @Test
  void reasonOfMostWaitingTasksIsShown() {
    RouteReport few =
        TestReports.route(8, 1, "requests_per_minute", null, List.of(), TestReports.NO_CALLS);
    RouteReport many =
        TestReports.route(8, 5, "input_tokens_per_minute", null, List.of(), TestReports.NO_CALLS);

    assertThat(merge(NONE, at(0, "a", few), at(0, "b", many)).waitsFor())
        .isEqualTo("input tokens per minute");
  }

  @ParameterizedTest
  @CsvSource({
    "9, 8, 2000, concurrency: at most 8 calls",
    "9, 8, 100, requests per minute",
    "9, 8, 0, requests per minute",
    "8, 8, 2000,",
    "9, 0, 2000,"
  })
  void tasksInTheBrokerWaitForTheTightestLimit(
      long inBroker, int running, double latencyMillis, @Nullable String limit) {
    RouteReport report = working(running, 0, new CallsReport(10, 0, latencyMillis, 0));

    assertThat(merge(new UnfinishedTaskCounter.Count(0, inBroker), at(0, "a", report)).waitsFor())
        .isEqualTo(limit);
  }

  @Test
  void batchIsLimitedByTheLimitThatCallsInWorkersWaitFor() {
    RouteReport report =
        TestReports.route(
            8, 1, "requests_per_minute", null, List.of(), new CallsReport(10, 0, 2000, 0));

    assertThat(BindingLimit.of(merge(NONE, at(0, "a", report))))
        .hasValueSatisfying(limit -> assertThat(limit.kind()).isEqualTo("requests_per_minute"));
  }

  @Test
  void noLimitIsKnownDuringTheSlowStart() {
    RouteReport report =
        TestReports.route(1, 1, "first_reply", null, List.of(), new CallsReport(10, 0, 2000, 0));
    RouteStatus status = merge(NONE, at(0, "a", report));

    assertThat(status.waitsFor()).isEqualTo("slow start: no limit is known yet");
    assertThat(BindingLimit.of(status)).isEmpty();
  }

  @Test
  void concurrencyOfAllWorkersIsTheConcurrencyOfTheRoute() {
    RouteReport report =
        TestReports.route(8, 1, "fleet_concurrency", null, List.of(), TestReports.NO_CALLS);

    assertThat(merge(NONE, at(0, "a", report)).waitsFor())
        .isEqualTo("concurrency: at most 8 calls");
  }

  @Test
  void taskCountsAreNullWhileTheDatabaseIsUnavailable() {
    RouteStatus status = RouteStatusAggregator.merge(settings(), List.of(), NO_OVERRIDE, null, NOW);

    assertThat(status.queued()).isNull();
    assertThat(status.inBroker()).isNull();
    assertThat(status.waitsFor()).isNull();
  }

  @Test
  void onlyHostAndPortOfTheProviderAreShown() {
    RouteSettings settings =
        TestRoutes.route(
            TestReports.ROUTE, Map.of("provider.url", "https://llm.example.com:8443/v1/of/ours"));

    assertThat(RouteStatusAggregator.merge(settings, List.of(), NO_OVERRIDE, NONE, NOW).provider())
        .isEqualTo("llm.example.com:8443");
  }

  @Test
  void operatorHoldTakesPrecedenceOverWorkerHolds() {
    OperatorOverride override =
        new OperatorOverride(
            TestReports.ROUTE,
            new OperatorOverride.Hold("maintenance", NOW, null),
            Map.of("requests", 60L));
    ReportedRoute reportedRoute = at(0, "a", TestReports.held("rate_limit", 9000, false));

    RouteStatus status =
        RouteStatusAggregator.merge(settings(), List.of(reportedRoute), override, NONE, NOW);
    assertThat(status.hold())
        .isEqualTo(new Hold("manual", "maintenance", NOW, null, false, false, List.of(), false));
    assertThat(status.waitsFor()).isEqualTo("manual hold: maintenance");
    assertThat(status.limitOverrides()).isEqualTo(Map.of("requests", 60L));
  }

  @Test
  void releasedManualHoldEndsBeforeWorkersReportIt() {
    assertThat(merge(NONE, at(0, "a", TestReports.held("manual", 0, false))).hold()).isNull();
  }

  private static RouteStatus merge(UnfinishedTaskCounter.Count tasks, ReportedRoute... serving) {
    return RouteStatusAggregator.merge(settings(), List.of(serving), NO_OVERRIDE, tasks, NOW);
  }

  private static RouteSettings settings() {
    return TestRoutes.route(TestReports.ROUTE, Map.of("limits.requests-per-minute", "600"));
  }

  private static ReportedRoute at(int seconds, String worker, RouteReport report) {
    return new ReportedRoute(worker, false, NOW.plusSeconds(seconds), Duration.ZERO, report);
  }

  private static RouteReport working(int running, int waiting, CallsReport calls) {
    return TestReports.route(running, waiting, null, null, List.of(), calls);
  }
}
