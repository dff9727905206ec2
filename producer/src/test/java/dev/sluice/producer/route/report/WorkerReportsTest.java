package dev.sluice.producer.route.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.WorkerReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerReportsTest {
  private Instant now = Instant.parse("2026-11-01T12:00:00Z");
  private final InstantSource time = () -> now;
  private final WorkerReports reports = new WorkerReports(time.withZone(ZoneOffset.UTC));

  @Test
  void latestReportOfEachWorkerWins() {
    assertThat(reports.add(TestReports.worker("b", TestReports.idle()), null)).isTrue();
    assertThat(reports.add(TestReports.worker("a", TestReports.idle()), null)).isTrue();
    advance(Duration.ofSeconds(1));
    assertThat(reports.add(TestReports.worker("b", TestReports.held("quota", 10, false)), null))
        .isTrue();

    assertThat(reports.serving(TestReports.ROUTE))
        .containsExactly(
            new ReportedRoute("a", false, now.minusSeconds(1), Duration.ZERO, TestReports.idle()),
            new ReportedRoute(
                "b", false, now, Duration.ZERO, TestReports.held("quota", 10, false)));
    assertThat(reports.serving("other")).isEmpty();
  }

  @Test
  void timeOfTheReportIsComparedWithThisClock() {
    reports.add(TestReports.worker("a", TestReports.idle()), now.plus(Duration.ofHours(25)));
    assertThat(reports.serving(TestReports.ROUTE))
        .containsExactly(
            new ReportedRoute("a", false, now, Duration.ofHours(25), TestReports.idle()));
  }

  @Test
  void reportExpiresAfterItsValidity() {
    reports.add(TestReports.worker("a", TestReports.idle()), null);
    advance(Duration.ofMillis(2999));
    assertThat(reports.serving(TestReports.ROUTE)).hasSize(1);
    advance(Duration.ofMillis(1));
    assertThat(reports.serving(TestReports.ROUTE)).isEmpty();
  }

  @Test
  void numberOfWorkersIsBoundedAndExpiredOnesFreeTheirPlace() {
    for (int i = 0; i < WorkerReports.MAX_WORKERS; i++) {
      assertThat(reports.add(TestReports.worker("worker-" + i, TestReports.idle()), null)).isTrue();
    }
    assertThat(reports.add(TestReports.worker("additional", TestReports.idle()), null)).isFalse();
    assertThat(reports.add(TestReports.worker("worker-7", TestReports.idle()), null)).isTrue();
    assertThat(reports.serving(TestReports.ROUTE)).hasSize(WorkerReports.MAX_WORKERS);
    advance(Duration.ofSeconds(3));
    assertThat(
            reports.add(new WorkerReport("additional", 1, true, List.of(TestReports.idle())), null))
        .isTrue();
    assertThat(reports.serving(TestReports.ROUTE))
        .containsExactly(
            new ReportedRoute("additional", true, now, Duration.ZERO, TestReports.idle()));
  }

  private void advance(Duration duration) {
    now = now.plus(duration);
  }
}
