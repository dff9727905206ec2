package dev.sluice.producer.route.report;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.WorkerReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The latest report of each worker, until it expires. Kept in memory only: after a start a producer
 * receives the reports of all workers within seconds.
 */
@Component
class WorkerReports {
  static final int MAX_WORKERS = 1000;

  private final Clock clock;
  private final Map<String, ReceivedReport> workers = new HashMap<>();

  WorkerReports(Clock clock) {
    this.clock = clock;
  }

  private record ReceivedReport(WorkerReport report, Instant at, Duration clockOffset) {
    boolean isValid(Instant now) {
      return now.isBefore(at.plusMillis(report.validForMillis()));
    }
  }

  /** Returns whether there is a report of the worker. */
  synchronized boolean hasReported(String worker) {
    return workers.containsKey(worker);
  }

  /**
   * Stores a report; returns false if it belongs to a new worker beyond the maximum of 1000.
   *
   * @param sentAt the worker's time; null if unknown
   */
  synchronized boolean add(WorkerReport report, @Nullable Instant sentAt) {
    Instant now = clock.instant();
    if (!workers.containsKey(report.worker()) && workers.size() >= MAX_WORKERS) {
      removeExpired(now);
      if (workers.size() >= MAX_WORKERS) {
        return false;
      }
    }
    Duration clockOffset = sentAt == null ? Duration.ZERO : Duration.between(now, sentAt);
    workers.put(report.worker(), new ReceivedReport(report, now, clockOffset));
    return true;
  }

  /** Returns the valid reports about a route, by worker name. */
  synchronized List<ReportedRoute> serving(String route) {
    removeExpired(clock.instant());
    List<ReportedRoute> serving = new ArrayList<>();
    for (ReceivedReport received : workers.values()) {
      WorkerReport worker = received.report();
      for (RouteReport report : worker.routes()) {
        if (report.route().equals(route)) {
          serving.add(
              new ReportedRoute(
                  worker.worker(),
                  worker.stopping(),
                  received.at(),
                  received.clockOffset(),
                  report));
        }
      }
    }
    serving.sort(ReportedRoute.BY_NAME);
    return serving;
  }

  private void removeExpired(Instant now) {
    workers.values().removeIf(received -> !received.isValid(now));
  }
}
