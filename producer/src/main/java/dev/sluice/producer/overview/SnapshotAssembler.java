package dev.sluice.producer.overview;

import dev.sluice.api.route.RouteList;
import dev.sluice.api.status.StatusView;
import dev.sluice.producer.access.ProjectScope;
import dev.sluice.producer.deadletter.OpenDeadLetters;
import dev.sluice.producer.live.StepStats;
import dev.sluice.producer.route.report.RouteStatuses;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Builds snapshots; reads the routes once for all scopes and the batches once per scope. */
@Component
class SnapshotAssembler {
  private static final int MAX_STEPS = 30;

  private final SystemStatus status;
  private final RouteStatuses routes;
  private final Throughput throughput;
  private final NewestBatches batches;
  private final OpenDeadLetters deadLetters;
  private final StepStats stepStats;
  private final NewestLiveCosts liveCosts;

  SnapshotAssembler(
      SystemStatus status,
      RouteStatuses routes,
      Throughput throughput,
      NewestBatches batches,
      OpenDeadLetters deadLetters,
      StepStats stepStats,
      NewestLiveCosts liveCosts) {
    this.status = status;
    this.routes = routes;
    this.throughput = throughput;
    this.batches = batches;
    this.deadLetters = deadLetters;
    this.stepStats = stepStats;
    this.liveCosts = liveCosts;
  }

  Map<ProjectScope, Snapshot> assemble(Set<ProjectScope> scopes) {
    RouteList list = routes.now();
    StatusView state = status.now();
    Map<String, List<Throughput.Point>> points = throughput.newest();
    Map<ProjectScope, List<BatchSummary>> batchesByScope = batches.of(scopes, list.routes());
    List<StepStats.Row> rows = stepStats.rows();
    Map<ProjectScope, Snapshot> snapshots = new HashMap<>();
    for (ProjectScope scope : scopes) {
      snapshots.put(
          scope,
          new Snapshot(
              list.at(),
              scope.name(),
              state,
              list.routes(),
              points,
              batchesByScope.getOrDefault(scope, List.of()),
              deadLetters.total(scope),
              rows.stream().filter(row -> scope.includes(row.project())).limit(MAX_STEPS).toList(),
              liveCosts.of(scope).stream().limit(MAX_STEPS).toList()));
    }
    return snapshots;
  }
}
