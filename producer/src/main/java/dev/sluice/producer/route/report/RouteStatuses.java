package dev.sluice.producer.route.report;

import dev.sluice.api.route.RouteList;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.route.override.RouteOverrides;
import dev.sluice.producer.store.UnfinishedTaskCounter;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Returns the status of all routes, also while the broker or the database is unavailable. */
@Component
public class RouteStatuses {
  private final Routes routes;
  private final WorkerReports reports;
  private final UnfinishedTaskCounter taskCounter;
  private final RouteOverrides overrides;
  private final Clock clock;

  RouteStatuses(
      Routes routes,
      WorkerReports reports,
      UnfinishedTaskCounter taskCounter,
      RouteOverrides overrides,
      Clock clock) {
    this.routes = routes;
    this.reports = reports;
    this.taskCounter = taskCounter;
    this.overrides = overrides;
    this.clock = clock;
  }

  /** Returns the status with the task counts of each route, which queries the database. */
  public RouteList now() {
    return now(tasks());
  }

  /** Returns the status without task counts, without a query to the database. */
  public RouteList nowWithoutTasks() {
    return now(null);
  }

  private RouteList now(UnfinishedTaskCounter.@Nullable Counts tasks) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return new RouteList(
        now,
        routes.all().stream()
            .map(
                route ->
                    RouteStatusAggregator.merge(
                        route,
                        reports.serving(route.name()),
                        overrides.of(route.name()),
                        tasks == null ? null : tasks.of(route.name()),
                        now))
            .toList());
  }

  private UnfinishedTaskCounter.@Nullable Counts tasks() {
    try {
      return taskCounter.count();
    } catch (DataAccessException unavailable) {
      return null;
    }
  }
}
