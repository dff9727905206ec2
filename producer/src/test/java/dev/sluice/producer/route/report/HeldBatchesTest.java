package dev.sluice.producer.route.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.HeldSource;
import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.TierReport;
import dev.sluice.producer.store.BatchId;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HeldBatchesTest {
  private static final UUID BATCH = new UUID(1, 2);

  private final WorkerReports reports = new WorkerReports(Clock.systemUTC());
  private final HeldBatches heldBatches = new HeldBatches(reports);

  @Test
  void batchesAreHeldAloneAndNotWithTheirRoute() {
    RouteReport partial = held(/* partial= */ true);
    reports.add(TestReports.worker("a", partial), null);
    assertThat(heldBatches.of(partial.route())).containsExactly(BATCH);
    assertThat(heldBatches.of("other")).isEmpty();

    reports.add(TestReports.worker("a", held(/* partial= */ false)), null);
    assertThat(heldBatches.of(partial.route())).isEmpty();
  }

  @Test
  void batchWhoseFlexCallsAreMostlyRefusedCountsAsHeld() {
    RouteReport idle = TestReports.idle();
    RouteReport refused =
        new RouteReport(
            idle.route(),
            8,
            0,
            0,
            null,
            null,
            List.of(),
            "worker",
            1,
            TestReports.NO_CALLS,
            new TierReport(100, 90, List.of(), List.of(new BatchId(BATCH).toString(), "other")),
            List.of());
    reports.add(TestReports.worker("a", refused), null);

    assertThat(heldBatches.of(idle.route())).containsExactly(BATCH);
  }

  private static RouteReport held(boolean partial) {
    List<String> sources =
        List.of(
            HeldSource.of(new BatchId(BATCH).toString(), "a model"),
            HeldSource.of(HeldSource.ofKey("1"), "a model"));
    HoldReport hold = new HoldReport("api_key", "bad key", 1_000, false, sources, true, partial);
    return TestReports.route(0, 0, null, hold, List.of(), TestReports.NO_CALLS);
  }
}
