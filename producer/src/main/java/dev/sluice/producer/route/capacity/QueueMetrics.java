package dev.sluice.producer.route.capacity;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import dev.sluice.producer.store.BatchRouteCounters;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.stereotype.Component;

/** Gauges for the ready messages of each queue and the oldest unfinished batch of each route. */
@Component
public class QueueMetrics extends SingleLoopTask {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final AmqpAdmin broker;
  private final BatchRouteCounters counters;
  private final List<String> queues;
  private final List<String> routes;
  private final Map<String, Double> depths = new ConcurrentHashMap<>();
  private volatile Map<String, BatchRouteCounters.OldestRunning> backlogs = Map.of();

  QueueMetrics(
      Routes routes, AmqpAdmin broker, BatchRouteCounters counters, MeterRegistry metrics) {
    super("queue-metrics", INTERVAL);
    this.broker = broker;
    this.counters = counters;
    this.routes = routes.names();
    this.queues =
        Stream.concat(
                Stream.of(QueueNames.RESULTS),
                this.routes.stream()
                    .flatMap(
                        route ->
                            Stream.of(
                                QueueNames.tasks(route, Lane.BATCH),
                                QueueNames.tasks(route, Lane.LIVE),
                                QueueNames.deadLetters(route))))
            .toList();
    for (String queue : queues) {
      Gauge.builder("sluice.queue.messages", () -> depths.getOrDefault(queue, Double.NaN))
          .description("Ready messages in the queue; NaN while the broker is unavailable")
          .tag("queue", queue)
          .register(metrics);
    }
    for (String route : this.routes) {
      Gauge.builder("sluice.backlog.oldest", () -> backlog(route).seconds())
          .description(
              "Time since the start of the oldest batch with unfinished tasks on the route")
          .baseUnit("seconds")
          .tag("route", route)
          .register(metrics);
      Gauge.builder("sluice.completion.window.used.ratio", () -> backlog(route).windowUsed())
          .description(
              "Largest used fraction of the completion window of a batch with unfinished tasks")
          .tag("route", route)
          .register(metrics);
    }
  }

  private BatchRouteCounters.OldestRunning backlog(String route) {
    return backlogs.getOrDefault(route, BatchRouteCounters.OldestRunning.NONE);
  }

  /** Returns the ready messages at the last poll; 0 while the broker is unavailable. */
  public long ready(String queue) {
    return depths.getOrDefault(queue, 0.0).longValue();
  }

  @Override
  protected boolean round() {
    for (String queue : queues) {
      depths.remove(queue);
      QueueInformation queueInfo = broker.getQueueInfo(queue);
      if (queueInfo != null) {
        depths.put(queue, (double) queueInfo.getMessageCount());
      }
    }
    backlogs = counters.oldestRunning();
    return false;
  }
}
