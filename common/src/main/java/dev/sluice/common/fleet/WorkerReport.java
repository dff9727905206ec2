package dev.sluice.common.fleet;

import java.util.List;
import java.util.Objects;

/**
 * How one worker stands now.
 *
 * @param worker its name
 * @param validForMillis how long this report is good for: a worker that has not sent another one by
 *     then is gone
 * @param stopping whether it finishes its calls and takes no more tasks
 * @param routes one for each route that it serves
 */
public record WorkerReport(
    String worker, long validForMillis, boolean stopping, List<RouteReport> routes) {

  public WorkerReport {
    Objects.requireNonNull(worker, "worker");
    routes = routes == null ? List.of() : List.copyOf(routes); // an older one may leave it out
  }
}
