package dev.sluice.producer.deadletter;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Gauges for the dead letters in the broker and for the open ones in the database, by route. */
@Component
class DeadLetterMetrics extends BackgroundTask implements MeterBinder {
  private final Routes routes;
  private final RouteHistory history;
  private final DeadLetterQueues queues;
  private final JdbcClient jdbc;
  private final Set<String> registered = ConcurrentHashMap.newKeySet();
  private final BackgroundLoop loop =
      new BackgroundLoop("sluice-dead-letter-metrics", Duration.ofSeconds(5), this::round);
  private volatile @Nullable MeterRegistry registry;
  private volatile Map<String, Long> unstored = Map.of();
  private volatile Map<String, Long> open = Map.of();

  DeadLetterMetrics(Routes routes, RouteHistory history, DeadLetterQueues queues, JdbcClient jdbc) {
    this.routes = routes;
    this.history = history;
    this.queues = queues;
    this.jdbc = jdbc;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    registry = meters;
    routes.names().forEach(route -> register(route, meters));
  }

  private void register(String route, MeterRegistry meters) {
    if (registered.add(route)) {
      Gauge.builder("sluice.dead.letters.open", () -> open.getOrDefault(route, 0L))
          .description("Dead letters that are neither replayed nor discarded")
          .tag("route", route)
          .register(meters);
      Gauge.builder("sluice.dead.letters.unstored", () -> unstored.getOrDefault(route, 0L))
          .description("Dead letters in the broker that the producer has not stored yet")
          .tag("route", route)
          .register(meters);
    }
  }

  private boolean round() {
    Map<String, Long> openByRoute = new HashMap<>();
    jdbc.sql(
            "select route, count(*) as count from dead_letters where state = 'dead' group by route")
        .query(
            row -> {
              openByRoute.put(row.getString("route"), row.getLong("count"));
            });
    open = openByRoute;
    Map<String, Long> unstoredByRoute = new HashMap<>();
    for (String route : history.names()) {
      unstoredByRoute.put(route, queues.messageCount(route));
    }
    unstored = unstoredByRoute;
    MeterRegistry meters = registry;
    if (meters != null) {
      unstoredByRoute.keySet().forEach(route -> register(route, meters));
    }
    return false;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
