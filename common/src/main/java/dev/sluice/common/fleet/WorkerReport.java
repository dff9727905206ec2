package dev.sluice.common.fleet;

import java.util.List;
import java.util.Objects;

/**
 * Periodic status report of a worker.
 *
 * @param worker name of the worker
 * @param validForMillis validity in milliseconds; without a newer report the worker counts as lost
 * @param stopping whether the worker is draining: it finishes its calls and accepts no more tasks
 * @param routes one entry per route that the worker serves
 */
public record WorkerReport(
    String worker, long validForMillis, boolean stopping, List<RouteReport> routes) {

  public WorkerReport {
    Objects.requireNonNull(worker, "worker");
    routes = routes == null ? List.of() : List.copyOf(routes); // optional in earlier versions
  }
}
