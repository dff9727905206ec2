package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.common.fleet.RouteReport.MemberReport;
import dev.sluice.common.fleet.RouteReport.TierReport;
import dev.sluice.worker.limit.LimiterStatus;
import dev.sluice.worker.limit.rate.LimitView;
import dev.sluice.worker.tier.TierStatus;
import org.jspecify.annotations.Nullable;

/** Maps a limiter's status to the report that the producers read: per second to per minute. */
final class RouteReportMapper {
  /** Keeps a report small. Calls of sources beyond this number are not rejected early. */
  private static final int MAX_SOURCES = 100;

  private RouteReportMapper() {}

  static RouteReport of(String route, int concurrency, LimiterStatus status, TierStatus tier) {
    return new RouteReport(
        route,
        concurrency,
        status.running(),
        status.waiting(),
        status.waitsFor(),
        hold(status.hold()),
        status.limits().stream().map(RouteReportMapper::limit).toList(),
        status.limitStorage(),
        status.limitStorage().equals("partitioned") ? status.limitFraction() : 1,
        calls(status.calls()),
        new TierReport(
            tier.recentCalls(),
            tier.recentRefusals(),
            tier.modelsWithoutFlex(),
            tier.refusedBatches()),
        status.members().stream().map(RouteReportMapper::member).toList());
  }

  private static MemberReport member(LimiterStatus.Member member) {
    return new MemberReport(
        member.name(),
        member.account(),
        member.running(),
        hold(member.hold()),
        member.limits().stream().map(RouteReportMapper::limit).toList(),
        calls(member.calls()));
  }

  private static CallsReport calls(LimiterStatus.Calls calls) {
    return new CallsReport(
        calls.ended(),
        calls.throttled(),
        1000 * calls.seconds(),
        calls.inputTokens() + calls.outputTokens(),
        calls.inputTokens(),
        calls.outputTokens());
  }

  private static @Nullable HoldReport hold(LimiterStatus.@Nullable Hold hold) {
    return hold == null
        ? null
        : new HoldReport(
            hold.kind().wireName(),
            hold.reason(),
            hold.remaining().toMillis(),
            hold.probing(),
            hold.sources().stream().limit(MAX_SOURCES).toList(),
            hold.endsByProbe(),
            hold.partial());
  }

  private static LimitReport limit(LimitView limit) {
    return new LimitReport(
        limit.kind().wireName(),
        Math.round(60 * limit.perSecond()),
        limit.source().wireName(),
        Math.round(60 * limit.targetPerSecond()),
        limit.remaining());
  }
}
