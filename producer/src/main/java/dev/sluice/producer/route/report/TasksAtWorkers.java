package dev.sluice.producer.route.report;

import java.util.List;
import java.util.OptionalInt;
import org.springframework.stereotype.Component;

/** Counts the tasks that workers hold, from their reports of the last seconds. */
@Component
public class TasksAtWorkers {
  private final WorkerReports reports;

  TasksAtWorkers(WorkerReports reports) {
    this.reports = reports;
  }

  /**
   * Counts the tasks of a route that are called or wait for a permit.
   *
   * @param consumers the consumers of the route's queue
   * @return empty if there are more consumers than the workers report: the others may hold tasks
   */
  public OptionalInt of(String route, int consumers) {
    List<ReportedRoute> serving = reports.serving(route);
    int reported =
        serving.stream()
            .filter(worker -> !worker.stopping())
            .mapToInt(worker -> worker.report().concurrency())
            .sum();
    return consumers > reported
        ? OptionalInt.empty()
        : OptionalInt.of(
            serving.stream()
                .map(ReportedRoute::report)
                .mapToInt(report -> report.running() + report.waiting())
                .sum());
  }
}
