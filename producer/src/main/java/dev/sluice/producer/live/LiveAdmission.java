package dev.sluice.producer.live;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.report.RouteForecast;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** The doors of all routes. They close when the time is over in which new calls are still taken. */
@Component
class LiveAdmission implements SmartLifecycle {
  /** Lower phases stop later: after the notice, and before the web server. */
  private static final int AFTER_THE_NOTICE = DEFAULT_PHASE - 1;

  private final Map<String, LiveAdmissionQueue> byRoute;
  private volatile boolean running;

  LiveAdmission(
      Routes routes, RouteForecast outlooks, LiveSettings settings, MeterRegistry metrics) {
    this.byRoute =
        routes.names().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    route -> route,
                    route -> new LiveAdmissionQueue(route, outlooks::of, settings)));
    byRoute.forEach(
        (route, liveAdmissionQueue) ->
            Gauge.builder("sluice.live.waiting", liveAdmissionQueue, LiveAdmissionQueue::waiting)
                .description("Callers who wait for a worker to take their call")
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
    return AFTER_THE_NOTICE;
  }

  LiveAdmissionQueue of(String route) {
    return Objects.requireNonNull(byRoute.get(route), route);
  }
}
