package dev.sluice.producer.measure;

import dev.sluice.common.route.Routes;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Gauges for the ready messages of each queue and the oldest unfinished batch of each route. */
@Component
public class QueueMetrics extends BackgroundTask {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final AmqpAdmin broker;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final List<String> queues;
  private final List<String> routes;
  private final Map<String, Double> depths = new ConcurrentHashMap<>();
  private volatile Map<String, Double> ages = Map.of();
  private final BackgroundLoop loop = new BackgroundLoop("queue-metrics", INTERVAL, this::round);

  QueueMetrics(
      Routes routes, AmqpAdmin broker, JdbcClient jdbc, Clock clock, MeterRegistry metrics) {
    this.broker = broker;
    this.jdbc = jdbc;
    this.clock = clock;
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
      Gauge.builder("sluice.backlog.oldest", () -> ages.getOrDefault(route, 0.0))
          .description(
              "Time since the start of the oldest batch with unfinished tasks on the route")
          .baseUnit("seconds")
          .tag("route", route)
          .register(metrics);
    }
  }

  /** Returns the ready messages at the last poll; 0 while the broker is unavailable. */
  public long ready(String queue) {
    return depths.getOrDefault(queue, 0.0).longValue();
  }

  private boolean round() {
    for (String queue : queues) {
      depths.remove(queue);
      QueueInformation queueInfo = broker.getQueueInfo(queue);
      if (queueInfo != null) {
        depths.put(queue, (double) queueInfo.getMessageCount());
      }
    }
    Map<String, Double> oldest = new TreeMap<>();
    jdbc.sql(
            """
            select s.route, min(b.in_progress_at) as since
            from shares s join batches b on b.id = s.batch_id
            where (s.queued > 0 or s.submitted > 0) and b.status = 'in_progress'
              and b.paused_at is null
            group by s.route""")
        .query(
            row -> {
              Duration age =
                  Duration.between(row.getTimestamp("since").toInstant(), clock.instant());
              oldest.put(row.getString("route"), age.toMillis() / 1000.0);
            });
    ages = oldest;
    return false;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
