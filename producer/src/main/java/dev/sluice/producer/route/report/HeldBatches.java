package dev.sluice.producer.route.report;

import dev.sluice.common.fleet.HeldSource;
import dev.sluice.common.fleet.RouteReport;
import dev.sluice.producer.store.BatchId;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * The batches whose tasks return from a delay again and again. Workers hold them, but not their
 * route, because all their calls fail; or the provider refuses most of their calls at the flex
 * tier.
 */
@Component
public class HeldBatches {
  private final WorkerReports reports;

  HeldBatches(WorkerReports reports) {
    this.reports = reports;
  }

  /** Returns the held batches of a route, as reported in the last seconds. */
  public Set<UUID> of(String route) {
    return Stream.concat(failing(route), refused(route))
        .flatMap(batch -> BatchId.parse(batch).stream())
        .map(BatchId::uuid)
        .collect(Collectors.toSet());
  }

  private Stream<String> refused(String route) {
    return reports.serving(route).stream()
        .flatMap(reported -> reported.report().tier().refusedBatches().stream());
  }

  private Stream<String> failing(String route) {
    return reports.serving(route).stream()
        .flatMap(reported -> Optional.ofNullable(reported.report().hold()).stream())
        .filter(RouteReport.HoldReport::partial)
        .flatMap(hold -> hold.sources().stream())
        .map(HeldSource::callerOf);
  }
}
