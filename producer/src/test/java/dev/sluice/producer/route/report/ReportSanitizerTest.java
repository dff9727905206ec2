package dev.sluice.producer.route.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.common.fleet.RouteReport.MemberReport;
import dev.sluice.common.fleet.WorkerReport;
import dev.sluice.platform.route.Routes;
import dev.sluice.platform.route.TestRoutes;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReportSanitizerTest {
  private static final ReportSanitizer SANITIZER =
      new ReportSanitizer(new Routes(List.of(TestRoutes.route(TestReports.ROUTE, Map.of()))));

  @Test
  void plausibleReportStaysUnchanged() {
    WorkerReport report =
        TestReports.worker(
            "worker-a",
            TestReports.route(
                3,
                1,
                "hold",
                new HoldReport("quota", "No money.", 1500, true),
                List.of(new LimitReport("requests", 500, "advertised", 495, -2L)),
                new CallsReport(10, 1, 800, 300, 250, 50)));

    assertThat(SANITIZER.sanitize(report)).contains(report);
  }

  @Test
  void unknownAndDuplicateRoutesAreRemoved() {
    RouteReport other =
        new RouteReport(
            "other", -1, 0, 0, null, null, List.of(), "worker", 1, TestReports.NO_CALLS);
    RouteReport first = TestReports.limited(new LimitReport("requests", 1, "configured", 1, null));

    assertThat(SANITIZER.sanitize(TestReports.worker("a", other, first, TestReports.idle())))
        .contains(TestReports.worker("a", first));
  }

  @Test
  void textsAreReducedToOneLineOfBoundedLength() {
    HoldReport hold =
        new HoldReport("quota", "\u001b[2J\u202edone\nand " + "x".repeat(600), -5, false);
    RouteReport route = TestReports.route(0, 1, "a\tb", hold, List.of(), TestReports.NO_CALLS);

    WorkerReport sanitized =
        SANITIZER.sanitize(TestReports.worker(" w\r\n1 ", route)).orElseThrow();

    assertThat(sanitized.worker()).isEqualTo("w 1");
    assertThat(sanitized.routes().getFirst().waitsFor()).isEqualTo("a b");
    assertThat(sanitized.routes().getFirst().hold())
        .isEqualTo(new HoldReport("quota", "[2J done and " + "x".repeat(486) + "…", 0, false));
  }

  @Test
  void reportsOfMembersAreSanitizedToo() {
    HoldReport hold = new HoldReport("quota", "used\nup", -5, false);
    MemberReport member =
        new MemberReport("eu\t1", "main\n", 2, hold, List.of(), TestReports.NO_CALLS);

    WorkerReport sanitized =
        SANITIZER.sanitize(TestReports.worker("a", TestReports.withMembers(member))).orElseThrow();

    assertThat(sanitized.routes().getFirst().members())
        .containsExactly(
            new MemberReport(
                "eu 1",
                "main",
                2,
                new HoldReport("quota", "used up", 0, false),
                List.of(),
                TestReports.NO_CALLS));
  }

  @Test
  void validityIsCappedAtTenMinutes() {
    WorkerReport report = new WorkerReport("a", Long.MAX_VALUE, false, List.of());

    assertThat(SANITIZER.sanitize(report).orElseThrow().validForMillis()).isEqualTo(600_000);
  }

  @ParameterizedTest
  @MethodSource
  void implausibleReportsAreIgnored(WorkerReport report) {
    assertThat(SANITIZER.sanitize(report)).isEmpty();
  }

  static Stream<WorkerReport> implausibleReportsAreIgnored() {
    LimitReport limit = new LimitReport("requests", 1, "configured", 1, null);
    MemberReport member = new MemberReport("a", "a", -1, null, List.of(), TestReports.NO_CALLS);
    return Stream.of(
        TestReports.worker("a", TestReports.withMembers(member)),
        TestReports.worker("\n"),
        new WorkerReport("a", 0, false, List.of()),
        TestReports.worker("a", calls(new CallsReport(-1, 0, 0, 0))),
        TestReports.worker("a", calls(new CallsReport(Long.MAX_VALUE, 0, 0, 0))),
        TestReports.worker("a", calls(new CallsReport(0, 0, Double.NaN, 0))),
        TestReports.worker("a", calls(new CallsReport(0, 0, 0, Double.POSITIVE_INFINITY))),
        TestReports.worker("a", TestReports.held("quota", Long.MAX_VALUE, false)),
        TestReports.worker(
            "a", TestReports.limited(new LimitReport("requests", -1, "configured", 0, null))),
        TestReports.worker(
            "a",
            TestReports.limited(new LimitReport("requests", 1, "configured", 0, Long.MIN_VALUE))),
        TestReports.worker(
            "a", TestReports.limited(Collections.nCopies(9, limit).toArray(LimitReport[]::new))));
  }

  private static RouteReport calls(CallsReport calls) {
    return TestReports.route(0, 0, null, null, List.of(), calls);
  }
}
