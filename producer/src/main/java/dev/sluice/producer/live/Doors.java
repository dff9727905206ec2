package dev.sluice.producer.live;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.fleet.RouteOutlook;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** The doors of all routes. */
@Component
class Doors {
  private final Map<String, Door> byRoute;

  Doors(Routes routes, RouteOutlook outlooks, LiveSettings settings, MeterRegistry metrics) {
    this.byRoute =
        routes.names().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    route -> route, route -> new Door(route, outlooks::of, settings)));
    byRoute.forEach(
        (route, door) ->
            Gauge.builder("sluice.live.waiting", door, Door::waiting)
                .description("Callers who wait for a worker to take their call")
                .tag("route", route)
                .register(metrics));
  }

  /** The producer stops. */
  @EventListener(ContextClosedEvent.class)
  void close() {
    byRoute.values().forEach(Door::close);
  }

  Door of(String route) {
    return Objects.requireNonNull(byRoute.get(route), route);
  }
}
