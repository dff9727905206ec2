package dev.sluice.producer.route.report;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.common.fleet.RouteReport.MemberReport;
import dev.sluice.common.fleet.WorkerReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates worker reports for tests. */
final class TestReports {
  static final String ROUTE = "mini";
  static final CallsReport NO_CALLS = new CallsReport(0, 0, 0, 0);

  private TestReports() {}

  static WorkerReport worker(String name, RouteReport... routes) {
    return new WorkerReport(name, 3000, false, List.of(routes));
  }

  static RouteReport idle() {
    return route(0, 0, null, null, List.of(), NO_CALLS);
  }

  static RouteReport route(
      int running,
      int waiting,
      @Nullable String waitsFor,
      @Nullable HoldReport hold,
      List<LimitReport> limits,
      CallsReport calls) {
    return new RouteReport(
        ROUTE, 8, running, waiting, waitsFor, hold, limits, "partitioned", 0.5, calls);
  }

  static RouteReport held(String kind, long remainingMillis, boolean probing) {
    HoldReport hold = new HoldReport(kind, "Because.", remainingMillis, probing);
    return route(0, 1, "hold", hold, List.of(), NO_CALLS);
  }

  static RouteReport heldSources(String kind, long remainingMillis, String... sources) {
    HoldReport hold =
        new HoldReport(kind, "Because.", remainingMillis, false, List.of(sources), true, true);
    return route(0, 0, null, hold, List.of(), NO_CALLS);
  }

  static RouteReport withMembers(MemberReport... members) {
    RouteReport idle = idle();
    return new RouteReport(
        idle.route(),
        idle.concurrency(),
        idle.running(),
        idle.waiting(),
        idle.waitsFor(),
        idle.hold(),
        idle.limits(),
        idle.limitStorage(),
        idle.limitFraction(),
        idle.calls(),
        idle.tier(),
        List.of(members));
  }

  static RouteReport limited(LimitReport... limits) {
    return route(0, 0, null, null, List.of(limits), NO_CALLS);
  }
}
