package dev.sluice.producer.desk;

import dev.sluice.common.route.Routes;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.producer.loop.Looping;
import dev.sluice.producer.loop.WorkLoop;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How many dead letters there are: in the broker still, and at the desk. */
@Component
class DeskMetrics extends Looping implements MeterBinder {
  private final Routes routes;
  private final AmqpAdmin admin;
  private final JdbcClient jdbc;
  private final WorkLoop loop =
      new WorkLoop("sluice-dead-depth", Duration.ofSeconds(5), this::round);
  private volatile Map<String, Long> inBroker = Map.of();
  private volatile Map<String, Long> atDesk = Map.of();

  DeskMetrics(Routes routes, AmqpAdmin admin, JdbcClient jdbc) {
    this.routes = routes;
    this.admin = admin;
    this.jdbc = jdbc;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (String route : routes.names()) {
      Gauge.builder("sluice.dead.letters", () -> atDesk.getOrDefault(route, 0L))
          .description("Dead letters that nobody has replayed or discarded")
          .tag("route", route)
          .register(registry);
      Gauge.builder("sluice.dead.in.broker", () -> inBroker.getOrDefault(route, 0L))
          .description("Dead letters that the desk has not taken in yet")
          .tag("route", route)
          .register(registry);
    }
  }

  private boolean round() {
    Map<String, Long> letters = new HashMap<>();
    jdbc.sql(
            "select route, count(*) as count from dead_letters where state = 'dead' group by route")
        .query(
            row -> {
              letters.put(row.getString("route"), row.getLong("count"));
            });
    atDesk = letters;
    Map<String, Long> waiting = new HashMap<>();
    for (String route : routes.names()) {
      QueueInformation queue = admin.getQueueInfo(QueueNames.dead(route));
      waiting.put(route, queue == null ? 0 : queue.getMessageCount());
    }
    inBroker = waiting;
    return false;
  }

  @Override
  protected List<WorkLoop> loops() {
    return List.of(loop);
  }
}
