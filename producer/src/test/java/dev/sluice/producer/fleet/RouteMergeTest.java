package dev.sluice.producer.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.route.TestRoutes;
import dev.sluice.producer.fleet.RouteView.Hold;
import dev.sluice.producer.fleet.RouteView.Limit;
import dev.sluice.producer.status.WaitingTasks;
import dev.sluice.producer.steer.RouteControl;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteMergeTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final RouteControl NOTHING_WANTED = RouteControl.none(Reports.ROUTE);
  private static final WaitingTasks.Count NONE = new WaitingTasks.Count(0, 0);

  @Test
  void numbersAreAddedUpAndAveragesWeighed() {
    RouteView view =
        merge(
            NONE,
            at(0, "a", working(3, 1, new CallsReport(900, 2, 1000, 100))),
            at(0, "b", working(4, 2, new CallsReport(100, 1, 2000, 300))),
            at(0, "c", Reports.idle()));

    assertThat(view.workers()).isEqualTo(3);
    assertThat(view.running()).isEqualTo(7);
    assertThat(view.waiting()).isEqualTo(3);
    assertThat(view.callsEnded()).isEqualTo(1000);
    assertThat(view.throttled()).isEqualTo(3);
    assertThat(view.callMs()).isEqualTo(1500);
    assertThat(view.tokensPerCall()).isEqualTo(200);
    assertThat(view.inputTokensPerCall()).isNull();
    assertThat(view.perWorker()).extracting(RouteView.Worker::name).containsExactly("a", "b", "c");
    assertThat(view.perWorker().getLast().callMs()).isNull();
  }

  @Test
  void aWorkerThatStopsStillHasItsCallsButTakesNoTasks() {
    RouteView view = merge(NONE, new Serving("a", true, NOW, working(3, 0, Reports.NO_CALLS)));

    assertThat(view.workers()).isZero();
    assertThat(view.running()).isEqualTo(3);
    assertThat(view.perWorker().getFirst().stopping()).isTrue();
  }

  @Test
  void theLongestHoldCounts() {
    RouteView view =
        merge(
            NONE,
            at(-2, "a", Reports.held("rate_limit", 9000, false)),
            at(0, "b", Reports.held("rate_limit", 6000, false)),
            at(0, "c", Reports.idle()));

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
    assertThat(merge(NONE, at(0, "a", Reports.held(kind, leftMillis, probing))).waitsFor())
        .isEqualTo(words);
  }

  @Test
  void aRateLimitIsOverByTheClockAndAQuotaIsNot() {
    assertThat(merge(NONE, at(-5, "a", Reports.held("rate_limit", 5000, false))).hold()).isNull();
    assertThat(merge(NONE, at(-5, "a", Reports.held("quota", 5000, false))).hold())
        .isEqualTo(new Hold("quota", "Because.", NOW, false));
  }

  @Test
  void ofEachLimitTheNewestKnowledgeCounts() {
    RouteView view =
        merge(
            NONE,
            at(
                -2,
                "a",
                Reports.limited(
                    new LimitReport("requests", 400, "told", 390, 7L),
                    new LimitReport("tokens", 9000, "told", 8900, null))),
            at(
                -1,
                "b",
                Reports.limited(
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
    RouteView view = merge(new WaitingTasks.Count(3, 2));

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
    RouteReport few = Reports.route(8, 1, "requests", null, List.of(), Reports.NO_CALLS);
    RouteReport many = Reports.route(8, 5, "input_tokens", null, List.of(), Reports.NO_CALLS);

    assertThat(merge(NONE, at(0, "a", few), at(0, "b", many)).waitsFor()).isEqualTo("input tokens");
  }

  @Test
  void aPoolThatIsFullIsAReasonToo() {
    WaitingTasks.Count waiting = new WaitingTasks.Count(0, 9);

    assertThat(merge(waiting, at(0, "a", working(8, 0, Reports.NO_CALLS))).waitsFor())
        .isEqualTo("a free call: all 8 are running");
    assertThat(merge(waiting, at(0, "a", working(7, 0, Reports.NO_CALLS))).waitsFor()).isNull();
    assertThat(
            merge(new WaitingTasks.Count(0, 8), at(0, "a", working(8, 0, Reports.NO_CALLS)))
                .waitsFor())
        .isNull();
  }

  @Test
  void whileTheDatabaseIsAwayNothingIsSaidOfTheTasks() {
    RouteView view = RouteMerge.merge(settings(), List.of(), NOTHING_WANTED, null, NOW);

    assertThat(view.queued()).isNull();
    assertThat(view.inBroker()).isNull();
    assertThat(view.waitsFor()).isNull();
  }

  @Test
  void ofTheProviderOnlyTheHostIsShown() {
    RouteSettings settings =
        TestRoutes.route(
            Reports.ROUTE, Map.of("provider.url", "https://llm.example.com:8443/v1/of/ours"));

    assertThat(RouteMerge.merge(settings, List.of(), NOTHING_WANTED, NONE, NOW).provider())
        .isEqualTo("llm.example.com:8443");
  }

  @Test
  void whatAPersonWantsGoesBeforeWhatTheWorkersSay() {
    RouteControl wanted =
        new RouteControl(
            Reports.ROUTE,
            new RouteControl.Hold("maintenance", NOW, null),
            Map.of("requests", 60L));
    Serving serving = at(0, "a", Reports.held("rate_limit", 9000, false));

    RouteView view = RouteMerge.merge(settings(), List.of(serving), wanted, NONE, NOW);
    assertThat(view.hold()).isEqualTo(new Hold("by_hand", "maintenance", null, false));
    assertThat(view.waitsFor()).isEqualTo("hold by hand: maintenance");
    assertThat(view.limitsByHand()).isEqualTo(Map.of("requests", 60L));
  }

  @Test
  void aHoldByHandThatWasReleasedIsOverBeforeTheWorkersSaySo() {
    assertThat(merge(NONE, at(0, "a", Reports.held("by_hand", 0, false))).hold()).isNull();
  }

  private static RouteView merge(WaitingTasks.Count tasks, Serving... serving) {
    return RouteMerge.merge(settings(), List.of(serving), NOTHING_WANTED, tasks, NOW);
  }

  private static RouteSettings settings() {
    return TestRoutes.route(Reports.ROUTE, Map.of("limits.requests-per-minute", "600"));
  }

  private static Serving at(int seconds, String worker, RouteReport report) {
    return new Serving(worker, false, NOW.plusSeconds(seconds), report);
  }

  private static RouteReport working(int running, int waiting, CallsReport calls) {
    return Reports.route(running, waiting, null, null, List.of(), calls);
  }
}
