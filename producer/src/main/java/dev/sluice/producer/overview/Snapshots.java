package dev.sluice.producer.overview;

import dev.sluice.producer.access.Sight;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.desk.OpenDeadLetters;
import dev.sluice.producer.fleet.RouteBoard;
import dev.sluice.producer.live.Steps;
import dev.sluice.producer.status.StatusBoard;
import dev.sluice.producer.why.Why;
import dev.sluice.producer.why.WhyNow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Makes snapshots: one look at the routes for all sights, one at the batches for each. */
@Component
class Snapshots {
  private static final int NEWEST = 50;
  private static final int BUSIEST = 30;

  private final StatusBoard status;
  private final RouteBoard routes;
  private final Throughput throughput;
  private final WhyNow why;
  private final Batches batches;
  private final BatchLines lines;
  private final OpenDeadLetters deadLetters;
  private final Steps steps;

  Snapshots(
      StatusBoard status,
      RouteBoard routes,
      Throughput throughput,
      WhyNow why,
      Batches batches,
      BatchLines lines,
      OpenDeadLetters deadLetters,
      Steps steps) {
    this.status = status;
    this.routes = routes;
    this.throughput = throughput;
    this.why = why;
    this.batches = batches;
    this.lines = lines;
    this.deadLetters = deadLetters;
    this.steps = steps;
  }

  Map<Sight, Snapshot> of(Set<Sight> sights) {
    RouteBoard.RouteList list = routes.now();
    StatusBoard.Status state = status.now();
    Map<String, List<Throughput.Point>> points = throughput.newest();
    Map<Sight, Snapshot> snapshots = new HashMap<>();
    Map<Sight, List<BatchLine>> ofBatches = batches(sights, list);
    List<Steps.Row> rows = steps.rows();
    sights.forEach(
        sight ->
            snapshots.put(
                sight,
                new Snapshot(
                    list.at(),
                    sight.name(),
                    state,
                    list.routes(),
                    points,
                    ofBatches.getOrDefault(sight, List.of()),
                    deadLetters.total(sight),
                    rows.stream()
                        .filter(row -> sight.takesIn(row.project()))
                        .limit(BUSIEST)
                        .toList())));
    return snapshots;
  }

  private Map<Sight, List<BatchLine>> batches(Set<Sight> sights, RouteBoard.RouteList list) {
    try {
      Why reasons = why.look(list.routes());
      Map<Sight, List<BatchLine>> of = new HashMap<>();
      sights.forEach(sight -> of.put(sight, lines.of(batches.newest(sight, NEWEST), reasons)));
      return of;
    } catch (DataAccessException away) {
      return Map.of(); // the status says so
    }
  }
}
