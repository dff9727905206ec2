package dev.sluice.producer.route.report;

import dev.sluice.platform.route.Routes;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/** Gauges for the workers and the holds of each route. */
@Component
class FleetMetrics implements MeterBinder {
  private static final List<String> KINDS =
      List.of("rate_limit", "quota", "api_key", "model_not_found", "breaker", "manual");

  private final Routes routes;
  private final WorkerReports reports;
  private final Clock clock;

  FleetMetrics(Routes routes, WorkerReports reports, Clock clock) {
    this.routes = routes;
    this.reports = reports;
    this.clock = clock;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (String route : routes.names()) {
      Gauge.builder(
              "sluice.route.workers", () -> RouteStatusAggregator.workers(reports.serving(route)))
          .description("Workers that accept tasks of the route")
          .tag("route", route)
          .register(registry);
      for (String kind : KINDS) {
        Gauge.builder("sluice.route.held", () -> isHeld(route, kind) ? 1 : 0)
            .description("1 if the route is held for this reason, else 0")
            .tags("route", route, "kind", kind)
            .register(registry);
      }
    }
  }

  private boolean isHeld(String route, String kind) {
    return ReportedHolds.last(reports.serving(route), clock.instant())
        .filter(hold -> hold.kind().equals(kind))
        .isPresent();
  }
}
