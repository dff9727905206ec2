package dev.sluice.worker.telemetry.trace;

import dev.sluice.platform.route.RouteSettings;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Clock;
import java.util.function.Function;

/** Creates the tracing of each route: OpenTelemetry spans if tracing is on, else none. */
public final class Tracing {
  private final Function<RouteSettings, RouteTraces> routes;

  private Tracing(Function<RouteSettings, RouteTraces> routes) {
    this.routes = routes;
  }

  /** Creates no spans. */
  public static Tracing off() {
    return new Tracing(route -> NoopTracing.INSTANCE);
  }

  /** Creates OpenTelemetry spans. */
  public static Tracing on(Tracer tracer, Propagator propagator, Clock clock) {
    return new Tracing(route -> new OtelTracing(route, tracer, propagator, clock));
  }

  /** The tracing of one route. */
  public RouteTraces of(RouteSettings route) {
    return routes.apply(route);
  }
}
