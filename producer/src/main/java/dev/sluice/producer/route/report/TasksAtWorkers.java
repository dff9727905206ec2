package dev.sluice.producer.route.report;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Counts the tasks at the workers, from their reports of the last seconds. */
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
   * @return empty if there are more consumers than the workers report: the others may have tasks
   */
  public OptionalInt of(String route, int consumers) {
    List<ReportedRoute> serving = reports.serving(route);
    return consumers > reportedConsumers(serving)
        ? OptionalInt.empty()
        : OptionalInt.of(
            serving.stream()
                .map(ReportedRoute::report)
                .mapToInt(report -> report.running() + report.waiting())
                .sum());
  }

  /**
   * The names of the workers that serve a route.
   *
   * @param consumers the consumers of the route's queue
   * @return empty if there are more consumers than the workers report
   */
  public Optional<Set<String>> names(String route, int consumers) {
    List<ReportedRoute> serving = reports.serving(route);
    return consumers > reportedConsumers(serving)
        ? Optional.empty()
        : Optional.of(serving.stream().map(ReportedRoute::worker).collect(Collectors.toSet()));
  }

  private static int reportedConsumers(List<ReportedRoute> serving) {
    return serving.stream()
        .filter(worker -> !worker.stopping())
        .mapToInt(worker -> worker.report().concurrency())
        .sum();
  }
}
