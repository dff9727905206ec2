package dev.sluice.producer.report;

import dev.sluice.common.route.Routes;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/** How many workers each route has, and whether it rests. */
@Component
class FleetMetrics implements MeterBinder {
  private static final List<String> KINDS =
      List.of("rate_limit", "quota", "key", "model_gone", "breaker", "by_hand");

  private final Routes routes;
  private final WorkerReports fleet;
  private final Clock clock;

  FleetMetrics(Routes routes, WorkerReports fleet, Clock clock) {
    this.routes = routes;
    this.fleet = fleet;
    this.clock = clock;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (String route : routes.names()) {
      Gauge.builder(
              "sluice.route.workers", () -> RouteStatusAggregator.workers(fleet.serving(route)))
          .description("Workers that take tasks of the route")
          .tag("route", route)
          .register(registry);
      for (String kind : KINDS) {
        Gauge.builder("sluice.route.held", () -> isHeld(route, kind) ? 1 : 0)
            .description("Whether the route rests for this reason")
            .tags("route", route, "kind", kind)
            .register(registry);
      }
    }
  }

  private boolean isHeld(String route, String kind) {
    return RouteStatusAggregator.hold(fleet.serving(route), clock.instant())
        .filter(hold -> hold.kind().equals(kind))
        .isPresent();
  }
}
