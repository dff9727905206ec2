package dev.sluice.producer.live;

import dev.sluice.platform.route.Routes;
import dev.sluice.producer.route.report.RouteForecast;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Contains the admission queue of each route; closes them when the shutdown delay is over. */
@Component
class LiveAdmission implements SmartLifecycle {
  /** Lower phases stop later: this one after the shutdown delay, before the web server. */
  private static final int PHASE = DEFAULT_PHASE - 1;

  private final Map<String, LiveAdmissionQueue> byRoute;
  private volatile boolean running;

  LiveAdmission(
      Routes routes, RouteForecast forecast, LiveSettings settings, MeterRegistry metrics) {
    KeyLimiter limiter = new KeyLimiter();
    this.byRoute =
        routes.names().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    route -> route,
                    route -> new LiveAdmissionQueue(route, forecast::of, settings, limiter)));
    byRoute.forEach(
        (route, queue) ->
            Gauge.builder("sluice.live.waiting", queue, LiveAdmissionQueue::waiting)
                .description("Live calls that wait for a worker to claim them")
                .tag("route", route)
                .register(metrics));
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    byRoute.values().forEach(LiveAdmissionQueue::close);
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  /** Dispatches the calls that wait for the end of a call of the same key on another route. */
  void dispatch() {
    byRoute.values().forEach(LiveAdmissionQueue::dispatch);
  }

  LiveAdmissionQueue of(String route) {
    return Objects.requireNonNull(byRoute.get(route), route);
  }
}
