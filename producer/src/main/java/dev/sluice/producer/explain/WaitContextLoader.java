package dev.sluice.producer.explain;

import dev.sluice.producer.batch.BatchRouteCounters;
import dev.sluice.producer.report.RouteStatus;
import dev.sluice.producer.report.RouteStatuses;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Puts together what is to be known of the routes and the batches at this moment. */
@Component
public class WaitContextLoader {
  private final RouteStatuses routes;
  private final BatchRouteCounters batchRouteCounters;

  WaitContextLoader(RouteStatuses routes, BatchRouteCounters batchRouteCounters) {
    this.routes = routes;
    this.batchRouteCounters = batchRouteCounters;
  }

  /** With the routes as they stand now. */
  public WaitExplainer look() {
    return look(routes.now().routes());
  }

  /** With routes that were looked at already. */
  public WaitExplainer look(List<RouteStatus> views) {
    return new WaitExplainer(
        views.stream().collect(Collectors.toMap(RouteStatus::name, Function.identity())),
        batchRouteCounters.openTasks().stream()
            .map(
                open ->
                    new BatchShare(
                        open.batch(),
                        open.route(),
                        open.queued(),
                        open.submitted(),
                        open.priority(),
                        open.running()))
            .toList());
  }
}
