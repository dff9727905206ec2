package dev.sluice.producer.overview;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.fleet.RouteBoard;
import dev.sluice.producer.status.StatusBoard;
import dev.sluice.producer.why.Why;
import dev.sluice.producer.why.WhyNow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Makes snapshots: one look at the routes for all projects, one at the batches for each. */
@Component
class Snapshots {
  private static final int NEWEST = 50;

  private final StatusBoard status;
  private final RouteBoard routes;
  private final Throughput throughput;
  private final WhyNow why;
  private final Batches batches;
  private final BatchLines lines;

  Snapshots(
      StatusBoard status,
      RouteBoard routes,
      Throughput throughput,
      WhyNow why,
      Batches batches,
      BatchLines lines) {
    this.status = status;
    this.routes = routes;
    this.throughput = throughput;
    this.why = why;
    this.batches = batches;
    this.lines = lines;
  }

  Map<Project, Snapshot> of(Set<Project> projects) {
    RouteBoard.RouteList list = routes.now();
    StatusBoard.Status state = status.now();
    Map<String, List<Throughput.Point>> points = throughput.newest();
    Map<Project, Snapshot> snapshots = new HashMap<>();
    Map<Project, List<BatchLine>> ofBatches = batches(projects, list);
    projects.forEach(
        project ->
            snapshots.put(
                project,
                new Snapshot(
                    list.at(),
                    state,
                    list.routes(),
                    points,
                    ofBatches.getOrDefault(project, List.of()))));
    return snapshots;
  }

  private Map<Project, List<BatchLine>> batches(Set<Project> projects, RouteBoard.RouteList list) {
    try {
      Why reasons = why.look(list.routes());
      Map<Project, List<BatchLine>> of = new HashMap<>();
      projects.forEach(
          project -> of.put(project, lines.of(batches.newest(project, NEWEST), reasons)));
      return of;
    } catch (DataAccessException away) {
      return Map.of(); // the status says so
    }
  }
}
