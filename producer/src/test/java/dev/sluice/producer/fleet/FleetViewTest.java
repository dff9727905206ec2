package dev.sluice.producer.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.WorkerReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetViewTest {
  private Instant now = Instant.parse("2026-11-01T12:00:00Z");
  private final InstantSource time = () -> now;
  private final FleetView view = new FleetView(time.withZone(ZoneOffset.UTC));

  @Test
  void theLastReportOfAWorkerCounts() {
    assertThat(view.hear(Reports.worker("b", Reports.idle()))).isTrue();
    assertThat(view.hear(Reports.worker("a", Reports.idle()))).isTrue();
    pass(Duration.ofSeconds(1));
    assertThat(view.hear(Reports.worker("b", Reports.held("quota", 10, false)))).isTrue();

    assertThat(view.serving(Reports.ROUTE))
        .containsExactly(
            new Serving("a", false, now.minusSeconds(1), Reports.idle()),
            new Serving("b", false, now, Reports.held("quota", 10, false)));
    assertThat(view.serving("other")).isEmpty();
  }

  @Test
  void aWorkerThatSaysNothingMoreIsGone() {
    view.hear(Reports.worker("a", Reports.idle()));
    pass(Duration.ofMillis(2999));
    assertThat(view.serving(Reports.ROUTE)).hasSize(1);
    pass(Duration.ofMillis(1));
    assertThat(view.serving(Reports.ROUTE)).isEmpty();
  }

  @Test
  void theNumberOfWorkersIsBoundedAndThoseThatAreGoneMakeRoom() {
    for (int i = 0; i < FleetView.MOST_WORKERS; i++) {
      assertThat(view.hear(Reports.worker("worker-" + i, Reports.idle()))).isTrue();
    }
    assertThat(view.hear(Reports.worker("one more", Reports.idle()))).isFalse();
    assertThat(view.hear(Reports.worker("worker-7", Reports.idle()))).isTrue();
    assertThat(view.serving(Reports.ROUTE)).hasSize(FleetView.MOST_WORKERS);
    pass(Duration.ofSeconds(3));
    assertThat(view.hear(new WorkerReport("one more", 1, true, List.of(Reports.idle())))).isTrue();
    assertThat(view.serving(Reports.ROUTE))
        .containsExactly(new Serving("one more", true, now, Reports.idle()));
  }

  private void pass(Duration duration) {
    now = now.plus(duration);
  }
}
