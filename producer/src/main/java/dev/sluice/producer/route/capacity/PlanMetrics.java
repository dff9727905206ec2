package dev.sluice.producer.route.capacity;

import dev.sluice.platform.route.Routes;
import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** Gauge for the desired workers of each route, for autoscalers. */
@Component
class PlanMetrics extends SingleLoopTask {
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final CapacityPlans capacityPlans;
  private final Map<String, Double> desiredWorkers = new ConcurrentHashMap<>();

  PlanMetrics(CapacityPlans capacityPlans, Routes routes, MeterRegistry metrics) {
    super("capacity-plan", INTERVAL);
    this.capacityPlans = capacityPlans;
    for (String route : routes.names()) {
      Gauge.builder(
              "sluice.route.workers.desired", () -> desiredWorkers.getOrDefault(route, Double.NaN))
          .description(
              "Workers that the route can use: enough for its backlog, within its rate limits")
          .tag("route", route)
          .register(metrics);
    }
  }

  @Override
  protected boolean round() {
    capacityPlans
        .all()
        .forEach(plan -> desiredWorkers.put(plan.route(), (double) plan.workersDesired()));
    return false;
  }
}
