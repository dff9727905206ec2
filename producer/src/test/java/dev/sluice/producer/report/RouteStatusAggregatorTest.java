package dev.sluice.producer.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.route.TestRoutes;
import dev.sluice.producer.override.OperatorOverride;
import dev.sluice.producer.report.RouteStatus.Hold;
import dev.sluice.producer.report.RouteStatus.Limit;
import dev.sluice.producer.status.UnfinishedTaskCounter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteStatusAggregatorTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final OperatorOverride NOTHING_WANTED = OperatorOverride.none(TestReports.ROUTE);
  private static final UnfinishedTaskCounter.Count NONE = new UnfinishedTaskCounter.Count(0, 0);

  @Test
  void numbersAreAddedUpAndAveragesWeighed() {
    RouteStatus view =
        merge(
            NONE,
            at(0, "a", working(3, 1, new CallsReport(900, 2, 1000, 100))),
            at(0, "b", working(4, 2, new CallsReport(100, 1, 2000, 300))),
            at(0, "c", TestReports.idle()));

    assertThat(view.workers()).isEqualTo(3);
    assertThat(view.running()).isEqualTo(7);
    assertThat(view.waiting()).isEqualTo(3);
    assertThat(view.callsEnded()).isEqualTo(1000);
    assertThat(view.throttled()).isEqualTo(3);
    assertThat(view.callMs()).isEqualTo(1500);
    assertThat(view.tokensPerCall()).isEqualTo(200);
    assertThat(view.inputTokensPerCall()).isNull();
    assertThat(view.perWorker())
        .extracting(RouteStatus.Worker::name)
        .containsExactly("a", "b", "c");
    assertThat(view.perWorker().getLast().callMs()).isNull();
  }

  @Test
  void aWorkerThatStopsStillHasItsCallsButTakesNoTasks() {
    RouteStatus view =
        merge(NONE, new ReportedRoute("a", true, NOW, working(3, 0, TestReports.NO_CALLS)));

    assertThat(view.workers()).isZero();
    assertThat(view.running()).isEqualTo(3);
    assertThat(view.perWorker().getFirst().stopping()).isTrue();
  }

  @Test
  void theLongestHoldCounts() {
    RouteStatus view =
        merge(
            NONE,
            at(-2, "a", TestReports.held("rate_limit", 9000, false)),
            at(0, "b", TestReports.held("rate_limit", 6000, false)),
            at(0, "c", TestReports.idle()));

    assertThat(view.hold())
        .isEqualTo(new Hold("rate_limit", "Because.", NOW.plusSeconds(7), false));
    assertThat(view.waitsFor()).isEqualTo("hold: rate limit until 12:00:07 UTC");
    assertThat(view.perWorker().get(1).waitsFor()).isEqualTo("hold: rate limit until 12:00:06 UTC");
    assertThat(view.perWorker().get(2).waitsFor()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "rate_limit, 6001, false, hold: rate limit until 12:00:07 UTC",
    "rate_limit, 0, true, 'hold: rate limit, a probe is out'",
    "quota, 19001, false, 'hold: quota, next probe in 20 s'",
    "quota, 0, false, 'hold: quota, next probe in 0 s'",
    "key, 600000, false, 'hold: key, next probe in 10 min'",
    "model_gone, 0, true, 'hold: model gone, a probe is out'",
    "breaker, 119500, false, 'breaker open, next probe in 2 min'",
    "breaker, 7201000, false, 'breaker open, next probe in 3 h'",
  })
  void aHoldIsToldInWords(String kind, long leftMillis, boolean probing, String words) {
    assertThat(merge(NONE, at(0, "a", TestReports.held(kind, leftMillis, probing))).waitsFor())
        .isEqualTo(words);
  }

  @Test
  void aRateLimitIsOverByTheClockAndAQuotaIsNot() {
    assertThat(merge(NONE, at(-5, "a", TestReports.held("rate_limit", 5000, false))).hold())
        .isNull();
    assertThat(merge(NONE, at(-5, "a", TestReports.held("quota", 5000, false))).hold())
        .isEqualTo(new Hold("quota", "Because.", NOW, false));
  }

  @Test
  void ofEachLimitTheNewestKnowledgeCounts() {
    RouteStatus view =
        merge(
            NONE,
            at(
                -2,
                "a",
                TestReports.limited(
                    new LimitReport("requests", 400, "told", 390, 7L),
                    new LimitReport("tokens", 9000, "told", 8900, null))),
            at(
                -1,
                "b",
                TestReports.limited(
                    new LimitReport("requests", 500, "told", 0, 20L),
                    new LimitReport("tokens", 0, "none", 0, null))));

    assertThat(view.limits())
        .containsExactlyInAnyOrder(
            new Limit("requests", 500L, "told", null, 20L),
            new Limit("tokens", 9000L, "told", 8900L, null));
    assertThat(view.keptIn()).isEqualTo("divided");
  }

  @Test
  void withoutAWorkerTheLimitsAreThoseThatAreSet() {
    RouteStatus view = merge(new UnfinishedTaskCounter.Count(3, 2));

    assertThat(view.limits()).containsExactly(new Limit("requests", 600L, "set", null, null));
    assertThat(view.keptIn()).isNull();
    assertThat(view.callMs()).isNull();
    assertThat(view.queued()).isEqualTo(3);
    assertThat(view.inBroker()).isEqualTo(2);
    assertThat(view.waitsFor()).isEqualTo("a worker: none is there");
    assertThat(merge(NONE).waitsFor()).isNull();
  }

  @Test
  void whatMostTasksWaitForIsTold() {
    RouteReport few = TestReports.route(8, 1, "requests", null, List.of(), TestReports.NO_CALLS);
    RouteReport many =
        TestReports.route(8, 5, "input_tokens", null, List.of(), TestReports.NO_CALLS);

    assertThat(merge(NONE, at(0, "a", few), at(0, "b", many)).waitsFor()).isEqualTo("input tokens");
  }

  @Test
  void aPoolThatIsFullIsAReasonToo() {
    UnfinishedTaskCounter.Count waiting = new UnfinishedTaskCounter.Count(0, 9);

    assertThat(merge(waiting, at(0, "a", working(8, 0, TestReports.NO_CALLS))).waitsFor())
        .isEqualTo("a free call: all 8 are running");
    assertThat(merge(waiting, at(0, "a", working(7, 0, TestReports.NO_CALLS))).waitsFor()).isNull();
    assertThat(
            merge(
                    new UnfinishedTaskCounter.Count(0, 8),
                    at(0, "a", working(8, 0, TestReports.NO_CALLS)))
                .waitsFor())
        .isNull();
  }

  @Test
  void whileTheDatabaseIsAwayNothingIsSaidOfTheTasks() {
    RouteStatus view =
        RouteStatusAggregator.merge(settings(), List.of(), NOTHING_WANTED, null, NOW);

    assertThat(view.queued()).isNull();
    assertThat(view.inBroker()).isNull();
    assertThat(view.waitsFor()).isNull();
  }

  @Test
  void ofTheProviderOnlyTheHostIsShown() {
    RouteSettings settings =
        TestRoutes.route(
            TestReports.ROUTE, Map.of("provider.url", "https://llm.example.com:8443/v1/of/ours"));

    assertThat(
            RouteStatusAggregator.merge(settings, List.of(), NOTHING_WANTED, NONE, NOW).provider())
        .isEqualTo("llm.example.com:8443");
  }

  @Test
  void whatAPersonWantsGoesBeforeWhatTheWorkersSay() {
    OperatorOverride wanted =
        new OperatorOverride(
            TestReports.ROUTE,
            new OperatorOverride.Hold("maintenance", NOW, null),
            Map.of("requests", 60L));
    ReportedRoute reportedRoute = at(0, "a", TestReports.held("rate_limit", 9000, false));

    RouteStatus view =
        RouteStatusAggregator.merge(settings(), List.of(reportedRoute), wanted, NONE, NOW);
    assertThat(view.hold()).isEqualTo(new Hold("by_hand", "maintenance", null, false));
    assertThat(view.waitsFor()).isEqualTo("hold by hand: maintenance");
    assertThat(view.limitsByHand()).isEqualTo(Map.of("requests", 60L));
  }

  @Test
  void aHoldByHandThatWasReleasedIsOverBeforeTheWorkersSaySo() {
    assertThat(merge(NONE, at(0, "a", TestReports.held("by_hand", 0, false))).hold()).isNull();
  }

  private static RouteStatus merge(UnfinishedTaskCounter.Count tasks, ReportedRoute... serving) {
    return RouteStatusAggregator.merge(settings(), List.of(serving), NOTHING_WANTED, tasks, NOW);
  }

  private static RouteSettings settings() {
    return TestRoutes.route(TestReports.ROUTE, Map.of("limits.requests-per-minute", "600"));
  }

  private static ReportedRoute at(int seconds, String worker, RouteReport report) {
    return new ReportedRoute(worker, false, NOW.plusSeconds(seconds), report);
  }

  private static RouteReport working(int running, int waiting, CallsReport calls) {
    return TestReports.route(running, waiting, null, null, List.of(), calls);
  }
}
