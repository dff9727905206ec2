package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.route.RouteSettings;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Clock;
import java.util.function.Function;

/** Whether somebody collects spans, and how they are made for each route. */
public final class Tracing {
  private final Function<RouteSettings, RouteTraces> routes;

  private Tracing(Function<RouteSettings, RouteTraces> routes) {
    this.routes = routes;
  }

  /** Nobody collects any: none are made. */
  public static Tracing off() {
    return new Tracing(route -> NoopTracing.INSTANCE);
  }

  /** Somebody does. */
  public static Tracing on(Tracer tracer, Propagator propagator, Clock clock) {
    return new Tracing(route -> new OtelTracing(route, tracer, propagator, clock));
  }

  /** Those of a route's tasks. */
  public RouteTraces of(RouteSettings route) {
    return routes.apply(route);
  }
}
