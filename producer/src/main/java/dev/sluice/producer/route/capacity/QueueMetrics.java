package dev.sluice.producer.route.capacity;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
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
public class QueueMetrics extends SingleLoopTask {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final AmqpAdmin broker;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final List<String> queues;
  private final List<String> routes;
  private final Map<String, Double> depths = new ConcurrentHashMap<>();
  private volatile Map<String, Backlog> backlogs = Map.of();

  /**
   * The running batches with unfinished tasks on a route.
   *
   * @param oldestSeconds time since the start of the oldest one
   * @param windowUsed the largest used fraction of a completion window, 0-1
   */
  private record Backlog(double oldestSeconds, double windowUsed) {
    private static final Backlog NONE = new Backlog(0, 0);
  }

  QueueMetrics(
      Routes routes, AmqpAdmin broker, JdbcClient jdbc, Clock clock, MeterRegistry metrics) {
    super("queue-metrics", INTERVAL);
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
      Gauge.builder("sluice.backlog.oldest", () -> backlog(route).oldestSeconds())
          .description(
              "Time since the start of the oldest batch with unfinished tasks on the route")
          .baseUnit("seconds")
          .tag("route", route)
          .register(metrics);
      Gauge.builder("sluice.backlog.window.used", () -> backlog(route).windowUsed())
          .description(
              "Largest used fraction of the completion window of a batch with unfinished tasks")
          .tag("route", route)
          .register(metrics);
    }
  }

  private Backlog backlog(String route) {
    return backlogs.getOrDefault(route, Backlog.NONE);
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
    Map<String, Backlog> measured = new TreeMap<>();
    Instant now = clock.instant();
    jdbc.sql(
            """
            select s.route, min(b.in_progress_at) as since,
              max(extract(epoch from :now - b.created_at)
                / extract(epoch from b.expires_at - b.created_at)) as used
            from shares s join batches b on b.id = s.batch_id
            where (s.queued > 0 or s.submitted > 0) and b.status = 'in_progress'
              and b.paused_at is null
            group by s.route""")
        .param("now", now.atOffset(ZoneOffset.UTC))
        .query(
            row -> {
              Duration age = Duration.between(row.getTimestamp("since").toInstant(), now);
              measured.put(
                  row.getString("route"),
                  new Backlog(age.toMillis() / 1000.0, row.getDouble("used")));
            });
    backlogs = measured;
    return false;
  }
}
