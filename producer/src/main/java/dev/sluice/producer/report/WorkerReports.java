package dev.sluice.producer.report;

import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.WorkerReport;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * The last report of each worker, for as long as it is good. Nothing of it is stored: a producer
 * that starts knows the fleet after a few seconds.
 */
@Component
class WorkerReports {
  static final int MOST_WORKERS = 1000;

  private final Clock clock;
  private final Map<String, ReceivedReport> workers = new HashMap<>();

  WorkerReports(Clock clock) {
    this.clock = clock;
  }

  private record ReceivedReport(WorkerReport report, Instant at) {
    boolean isGood(Instant now) {
      return now.isBefore(at.plusMillis(report.validForMillis()));
    }
  }

  /** Whether the worker has reported lately. */
  synchronized boolean knows(String worker) {
    return workers.containsKey(worker);
  }

  /** Takes a report; false where it is of one worker too many. */
  synchronized boolean hear(WorkerReport report) {
    Instant now = clock.instant();
    if (!workers.containsKey(report.worker()) && workers.size() >= MOST_WORKERS) {
      forget(now);
      if (workers.size() >= MOST_WORKERS) {
        return false;
      }
    }
    workers.put(report.worker(), new ReceivedReport(report, now));
    return true;
  }

  /** How the workers that are there now stand with a route, by their names. */
  synchronized List<ReportedRoute> serving(String route) {
    forget(clock.instant());
    List<ReportedRoute> serving = new ArrayList<>();
    for (ReceivedReport receivedReport : workers.values()) {
      WorkerReport worker = receivedReport.report();
      for (RouteReport report : worker.routes()) {
        if (report.route().equals(route)) {
          serving.add(
              new ReportedRoute(worker.worker(), worker.stopping(), receivedReport.at(), report));
        }
      }
    }
    serving.sort(ReportedRoute.BY_NAME);
    return serving;
  }

  private void forget(Instant now) {
    workers.values().removeIf(receivedReport -> !receivedReport.isGood(now));
  }
}
