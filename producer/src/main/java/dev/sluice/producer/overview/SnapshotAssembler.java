package dev.sluice.producer.overview;

import dev.sluice.producer.access.ProjectScope;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.explain.WaitContextLoader;
import dev.sluice.producer.explain.WaitExplainer;
import dev.sluice.producer.live.StepStats;
import dev.sluice.producer.report.RouteStatuses;
import dev.sluice.producer.status.SystemStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Makes snapshots: one look at the routes for all sights, one at the batches for each. */
@Component
class SnapshotAssembler {
  private static final int NEWEST = 50;
  private static final int BUSIEST = 30;

  private final SystemStatus status;
  private final RouteStatuses routes;
  private final Throughput throughput;
  private final WaitContextLoader why;
  private final Batches batches;
  private final BatchSummaries lines;
  private final StepStats stepStats;

  SnapshotAssembler(
      SystemStatus status,
      RouteStatuses routes,
      Throughput throughput,
      WaitContextLoader why,
      Batches batches,
      BatchSummaries lines,
      StepStats stepStats) {
    this.status = status;
    this.routes = routes;
    this.throughput = throughput;
    this.why = why;
    this.batches = batches;
    this.lines = lines;
    this.stepStats = stepStats;
  }

  Map<ProjectScope, Snapshot> of(Set<ProjectScope> sights) {
    RouteStatuses.RouteList list = routes.now();
    SystemStatus.Status state = status.now();
    Map<String, List<Throughput.Point>> points = throughput.newest();
    Map<ProjectScope, Snapshot> snapshots = new HashMap<>();
    Map<ProjectScope, List<BatchSummary>> ofBatches = batches(sights, list);
    List<StepStats.Row> rows = stepStats.rows();
    sights.forEach(
        projectScope ->
            snapshots.put(
                projectScope,
                new Snapshot(
                    list.at(),
                    projectScope.name(),
                    state,
                    list.routes(),
                    points,
                    ofBatches.getOrDefault(projectScope, List.of()),
                    rows.stream()
                        .filter(row -> projectScope.takesIn(row.project()))
                        .limit(BUSIEST)
                        .toList())));
    return snapshots;
  }

  private Map<ProjectScope, List<BatchSummary>> batches(
      Set<ProjectScope> sights, RouteStatuses.RouteList list) {
    try {
      WaitExplainer reasons = why.look(list.routes());
      Map<ProjectScope, List<BatchSummary>> of = new HashMap<>();
      sights.forEach(
          projectScope ->
              of.put(projectScope, lines.of(batches.newest(projectScope, NEWEST), reasons)));
      return of;
    } catch (DataAccessException away) {
      return Map.of(); // the status says so
    }
  }
}
