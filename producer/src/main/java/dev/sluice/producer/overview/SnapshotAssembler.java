package dev.sluice.producer.overview;

import dev.sluice.api.route.RouteList;
import dev.sluice.api.status.StatusView;
import dev.sluice.producer.access.ProjectScope;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.deadletter.OpenDeadLetters;
import dev.sluice.producer.infrastructure.status.SystemStatus;
import dev.sluice.producer.live.StepStats;
import dev.sluice.producer.route.explain.WaitContextLoader;
import dev.sluice.producer.route.explain.WaitExplainer;
import dev.sluice.producer.route.report.RouteStatuses;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Builds snapshots; reads the routes once for all scopes and the batches once per scope. */
@Component
class SnapshotAssembler {
  private static final int MAX_BATCHES = 50;
  private static final int MAX_STEPS = 30;

  private final SystemStatus status;
  private final RouteStatuses routes;
  private final Throughput throughput;
  private final WaitContextLoader waitContext;
  private final Batches batches;
  private final BatchSummaries summaries;
  private final OpenDeadLetters deadLetters;
  private final StepStats stepStats;

  SnapshotAssembler(
      SystemStatus status,
      RouteStatuses routes,
      Throughput throughput,
      WaitContextLoader waitContext,
      Batches batches,
      BatchSummaries summaries,
      OpenDeadLetters deadLetters,
      StepStats stepStats) {
    this.status = status;
    this.routes = routes;
    this.throughput = throughput;
    this.waitContext = waitContext;
    this.batches = batches;
    this.summaries = summaries;
    this.deadLetters = deadLetters;
    this.stepStats = stepStats;
  }

  Map<ProjectScope, Snapshot> assemble(Set<ProjectScope> scopes) {
    RouteList list = routes.now();
    StatusView state = status.now();
    Map<String, List<Throughput.Point>> points = throughput.newest();
    Map<ProjectScope, Snapshot> snapshots = new HashMap<>();
    Map<ProjectScope, List<BatchSummary>> batchesByScope = batches(scopes, list);
    List<StepStats.Row> rows = stepStats.rows();
    scopes.forEach(
        projectScope ->
            snapshots.put(
                projectScope,
                new Snapshot(
                    list.at(),
                    projectScope.name(),
                    state,
                    list.routes(),
                    points,
                    batchesByScope.getOrDefault(projectScope, List.of()),
                    deadLetters.total(projectScope),
                    rows.stream()
                        .filter(row -> projectScope.includes(row.project()))
                        .limit(MAX_STEPS)
                        .toList())));
    return snapshots;
  }

  private Map<ProjectScope, List<BatchSummary>> batches(Set<ProjectScope> scopes, RouteList list) {
    try {
      WaitExplainer explainer = waitContext.load(list.routes());
      Map<ProjectScope, List<BatchSummary>> batchesByScope = new HashMap<>();
      scopes.forEach(
          projectScope ->
              batchesByScope.put(
                  projectScope,
                  summaries.of(batches.newest(projectScope, MAX_BATCHES), explainer)));
      return batchesByScope;
    } catch (DataAccessException unavailable) {
      return Map.of(); // the status contains the failure
    }
  }
}
