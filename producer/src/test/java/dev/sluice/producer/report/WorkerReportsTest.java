package dev.sluice.producer.report;

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
  private final WorkerReports view = new WorkerReports(time.withZone(ZoneOffset.UTC));

  @Test
  void theLastReportOfAWorkerCounts() {
    assertThat(view.hear(TestReports.worker("b", TestReports.idle()))).isTrue();
    assertThat(view.hear(TestReports.worker("a", TestReports.idle()))).isTrue();
    pass(Duration.ofSeconds(1));
    assertThat(view.hear(TestReports.worker("b", TestReports.held("quota", 10, false)))).isTrue();

    assertThat(view.serving(TestReports.ROUTE))
        .containsExactly(
            new ReportedRoute("a", false, now.minusSeconds(1), TestReports.idle()),
            new ReportedRoute("b", false, now, TestReports.held("quota", 10, false)));
    assertThat(view.serving("other")).isEmpty();
  }

  @Test
  void aWorkerThatSaysNothingMoreIsGone() {
    view.hear(TestReports.worker("a", TestReports.idle()));
    pass(Duration.ofMillis(2999));
    assertThat(view.serving(TestReports.ROUTE)).hasSize(1);
    pass(Duration.ofMillis(1));
    assertThat(view.serving(TestReports.ROUTE)).isEmpty();
  }

  @Test
  void theNumberOfWorkersIsBoundedAndThoseThatAreGoneMakeRoom() {
    for (int i = 0; i < WorkerReports.MOST_WORKERS; i++) {
      assertThat(view.hear(TestReports.worker("worker-" + i, TestReports.idle()))).isTrue();
    }
    assertThat(view.hear(TestReports.worker("one more", TestReports.idle()))).isFalse();
    assertThat(view.hear(TestReports.worker("worker-7", TestReports.idle()))).isTrue();
    assertThat(view.serving(TestReports.ROUTE)).hasSize(WorkerReports.MOST_WORKERS);
    pass(Duration.ofSeconds(3));
    assertThat(view.hear(new WorkerReport("one more", 1, true, List.of(TestReports.idle()))))
        .isTrue();
    assertThat(view.serving(TestReports.ROUTE))
        .containsExactly(new ReportedRoute("one more", true, now, TestReports.idle()));
  }

  private void pass(Duration duration) {
    now = now.plus(duration);
  }
}
