package dev.sluice.producer.route.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.WorkerReport;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TasksAtWorkersTest {
  private static final int CONCURRENCY = 8;

  private final WorkerReports reports = new WorkerReports(Clock.systemUTC());
  private final TasksAtWorkers tasks = new TasksAtWorkers(reports);

  @Test
  void callsAndWaitingTasksOfAllWorkersCount() {
    reports.add(TestReports.worker("a", busy(3, 2)), null);
    reports.add(new WorkerReport("stopping", 3000, true, List.of(busy(4, 0))), null);
    assertThat(tasks.of(TestReports.ROUTE, CONCURRENCY)).hasValue(9);
  }

  @Test
  void numberIsUnknownIfAConsumerDoesNotReport() {
    assertThat(tasks.of(TestReports.ROUTE, 0)).hasValue(0);
    assertThat(tasks.of(TestReports.ROUTE, 1)).isEmpty();
    reports.add(TestReports.worker("a", TestReports.idle()), null);
    assertThat(tasks.of(TestReports.ROUTE, CONCURRENCY)).hasValue(0);
    assertThat(tasks.of(TestReports.ROUTE, CONCURRENCY + 1)).isEmpty();
  }

  @Test
  void workersAreUnknownIfAConsumerDoesNotReport() {
    assertThat(tasks.names(TestReports.ROUTE, 1)).isEmpty();
    reports.add(TestReports.worker("a", TestReports.idle()), null);
    reports.add(new WorkerReport("stopping", 3000, true, List.of(busy(4, 0))), null);
    assertThat(tasks.names(TestReports.ROUTE, CONCURRENCY)).contains(Set.of("a", "stopping"));
    assertThat(tasks.names(TestReports.ROUTE, CONCURRENCY + 1)).isEmpty();
  }

  private static RouteReport busy(int running, int waiting) {
    return TestReports.route(running, waiting, null, null, List.of(), TestReports.NO_CALLS);
  }
}
