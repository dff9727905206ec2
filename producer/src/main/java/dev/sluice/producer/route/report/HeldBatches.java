package dev.sluice.producer.route.report;

import dev.sluice.common.fleet.HeldSource;
import dev.sluice.common.fleet.RouteReport;
import dev.sluice.producer.store.BatchId;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The held batches: all their calls fail, so that workers hold them, but not their route. */
@Component
public class HeldBatches {
  private final WorkerReports reports;

  HeldBatches(WorkerReports reports) {
    this.reports = reports;
  }

  /** Returns the held batches of a route, as reported in the last seconds. */
  public Set<UUID> of(String route) {
    return reports.serving(route).stream()
        .flatMap(reported -> Optional.ofNullable(reported.report().hold()).stream())
        .filter(RouteReport.HoldReport::partial)
        .flatMap(hold -> hold.sources().stream())
        .flatMap(source -> BatchId.parse(HeldSource.callerOf(source)).stream())
        .map(BatchId::uuid)
        .collect(Collectors.toSet());
  }
}
