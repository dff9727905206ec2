package dev.sluice.producer.capacity;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** How many workers each route can use, as a gauge to scale by. */
@Component
class PlanMetrics extends BackgroundTask {
  private static final Duration EVERY = Duration.ofSeconds(2);

  private final CapacityPlans board;
  private final Map<String, Double> wanted = new ConcurrentHashMap<>();
  private final BackgroundLoop loop = new BackgroundLoop("capacity-plan", EVERY, this::round);

  PlanMetrics(CapacityPlans board, Routes routes, MeterRegistry metrics) {
    this.board = board;
    for (String route : routes.names()) {
      Gauge.builder("sluice.route.workers.desired", () -> wanted.getOrDefault(route, Double.NaN))
          .description("Workers that the route can use: its backlog, but what the limiter admits")
          .tag("route", route)
          .register(metrics);
    }
  }

  private boolean round() {
    board.all().forEach(plan -> wanted.put(plan.route(), (double) plan.workersDesired()));
    return false;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
