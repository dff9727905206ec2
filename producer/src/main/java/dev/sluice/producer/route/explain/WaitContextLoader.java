package dev.sluice.producer.route.explain;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.producer.infrastructure.loop.LoopWatchdog;
import dev.sluice.producer.route.report.RouteStatuses;
import dev.sluice.producer.store.BatchRouteCounters;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Loads the current routes and batches into a {@link WaitExplainer}. */
@Component
public class WaitContextLoader {
  private final RouteStatuses routes;
  private final BatchRouteCounters batchRouteCounters;
  private final LoopWatchdog watchdog;

  WaitContextLoader(
      RouteStatuses routes, BatchRouteCounters batchRouteCounters, LoopWatchdog watchdog) {
    this.routes = routes;
    this.batchRouteCounters = batchRouteCounters;
    this.watchdog = watchdog;
  }

  /** Loads the current status of the routes and the batches. */
  public WaitExplainer load() {
    return load(routes.now().routes());
  }

  /** Loads the batches only. */
  public WaitExplainer load(List<RouteStatus> routeStatuses) {
    return new WaitExplainer(
        routeStatuses.stream().collect(Collectors.toMap(RouteStatus::name, Function.identity())),
        batchRouteCounters.openTasks().stream()
            .map(
                open ->
                    new BatchBacklog(
                        open.batch(),
                        open.project(),
                        open.route(),
                        open.queued(),
                        open.submitted(),
                        open.blocked(),
                        open.priority(),
                        open.running()))
            .toList(),
        watchdog.stalled().stream()
            .collect(
                Collectors.toMap(
                    LoopWatchdog.Stalled::loop, LoopWatchdog.Stalled::withoutProgress)));
  }
}
