package dev.sluice.producer.report;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.override.RouteOverrides;
import dev.sluice.producer.status.UnfinishedTaskCounter;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** How each route goes, and why no faster; also while broker or database are away. */
@Component
public class RouteStatuses {
  private final Routes routes;
  private final WorkerReports fleet;
  private final UnfinishedTaskCounter waiting;
  private final RouteOverrides controls;
  private final Clock clock;

  RouteStatuses(
      Routes routes,
      WorkerReports fleet,
      UnfinishedTaskCounter waiting,
      RouteOverrides controls,
      Clock clock) {
    this.routes = routes;
    this.fleet = fleet;
    this.waiting = waiting;
    this.controls = controls;
    this.clock = clock;
  }

  /** With the tasks that wait for each of them: that asks the database. */
  public RouteList now() {
    return now(tasks());
  }

  /** Without a word to the database. */
  public RouteList ofTheWorkers() {
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
                        fleet.serving(route.name()),
                        controls.of(route.name()),
                        tasks == null ? null : tasks.of(route.name()),
                        now))
            .toList());
  }

  private UnfinishedTaskCounter.@Nullable Counts tasks() {
    try {
      return waiting.count();
    } catch (DataAccessException away) {
      return null;
    }
  }

  /**
   * All routes.
   *
   * @param at the producer's time, so that clocks need not agree
   * @param routes in the order of the settings
   */
  public record RouteList(Instant at, List<RouteStatus> routes) {}
}
