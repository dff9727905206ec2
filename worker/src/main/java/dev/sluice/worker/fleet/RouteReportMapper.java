package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.worker.limit.LimiterStatus;
import dev.sluice.worker.limit.rate.LimitView;
import org.jspecify.annotations.Nullable;

/** What a limiter's view looks like to the producers. */
final class RouteReportMapper {
  private RouteReportMapper() {}

  static RouteReport of(String route, int concurrency, LimiterStatus view) {
    LimiterStatus.Calls calls = view.calls();
    return new RouteReport(
        route,
        concurrency,
        view.running(),
        view.waiting(),
        view.waitsFor(),
        hold(view.hold()),
        view.limits().stream().map(RouteReportMapper::limit).toList(),
        view.keptIn(),
        view.keptIn().equals("divided") ? view.part() : 1,
        new CallsReport(
            calls.ended(),
            calls.throttled(),
            1000 * calls.seconds(),
            calls.inputTokens() + calls.outputTokens(),
            calls.inputTokens(),
            calls.outputTokens()));
  }

  private static @Nullable HoldReport hold(LimiterStatus.@Nullable Hold hold) {
    return hold == null
        ? null
        : new HoldReport(
            hold.kind().wireName(), hold.reason(), hold.left().toMillis(), hold.probing());
  }

  private static LimitReport limit(LimitView limit) {
    return new LimitReport(
        limit.dimension().wireName(),
        Math.round(60 * limit.perSecond()),
        limit.source().wireName(),
        Math.round(60 * limit.pacePerSecond()),
        limit.left());
  }
}
