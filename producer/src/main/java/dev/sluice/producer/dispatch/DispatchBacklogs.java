package dev.sluice.producer.dispatch;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.route.report.HeldBatches;
import dev.sluice.producer.store.RouteBacklogs;
import dev.sluice.producer.store.RouteBacklogs.RouteBacklog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** Counts the tasks of each route, for its dispatcher and for the metrics. */
@Component
class DispatchBacklogs {
  private final RouteBacklogs backlogs;
  private final HeldBatches heldBatches;
  private final Map<String, RouteBacklog> latest = new ConcurrentHashMap<>();

  DispatchBacklogs(
      RouteBacklogs backlogs, HeldBatches heldBatches, Routes routes, MeterRegistry metrics) {
    this.backlogs = backlogs;
    this.heldBatches = heldBatches;
    for (String route : routes.names()) {
      Gauge.builder("sluice.backlog.in.broker", () -> latest(route).inBroker())
          .description(
              "Tasks of the route in the broker or in a worker, at the dispatcher's last check")
          .tag("route", route)
          .register(metrics);
      Gauge.builder("sluice.backlog.queued", () -> latest(route).queued())
          .description(
              "Tasks of the route that were queued in PostgreSQL at the dispatcher's last check")
          .tag("route", route)
          .register(metrics);
    }
  }

  private RouteBacklog latest(String route) {
    return latest.getOrDefault(route, RouteBacklog.NONE);
  }

  /** The tasks of a route, and the space for further ones in the broker. */
  record DispatchBacklog(RouteBacklog tasks, BrokerSpace space) {}

  DispatchBacklog load(RouteSettings route) {
    Set<UUID> held = heldBatches.of(route.name());
    RouteBacklog tasks = backlogs.of(route.name(), held);
    latest.put(route.name(), tasks);
    return new DispatchBacklog(tasks, BrokerSpace.of(tasks, route.maxTasksInBroker(), held));
  }
}
