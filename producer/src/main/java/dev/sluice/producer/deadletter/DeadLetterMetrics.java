package dev.sluice.producer.deadletter;

import dev.sluice.platform.route.Routes;
import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Gauges for the dead letters in the broker and for the open ones in the database, by route. */
@Component
class DeadLetterMetrics extends SingleLoopTask implements MeterBinder {
  private final Routes routes;
  private final RouteHistory history;
  private final DeadLetterQueues queues;
  private final JdbcClient jdbc;
  private final OpenDeadLetters open;
  private final Set<String> registered = ConcurrentHashMap.newKeySet();
  private volatile @Nullable MeterRegistry registry;
  private volatile Map<String, Long> unstored = Map.of();

  DeadLetterMetrics(
      Routes routes,
      RouteHistory history,
      DeadLetterQueues queues,
      JdbcClient jdbc,
      OpenDeadLetters open) {
    super("dead-letter-metrics", Duration.ofSeconds(5));
    this.routes = routes;
    this.history = history;
    this.queues = queues;
    this.jdbc = jdbc;
    this.open = open;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    registry = meters;
    routes.names().forEach(route -> register(route, meters));
  }

  private void register(String route, MeterRegistry meters) {
    if (registered.add(route)) {
      Gauge.builder("sluice.dead.letters.open", () -> open.byRoute().getOrDefault(route, 0L))
          .description("Dead letters that are not replayed, discarded or accepted")
          .tag("route", route)
          .register(meters);
      Gauge.builder("sluice.dead.letters.unstored", () -> unstored.getOrDefault(route, 0L))
          .description("Dead letters in the broker that the producer has not stored yet")
          .tag("route", route)
          .register(meters);
    }
  }

  @Override
  protected boolean round() {
    Set<String> routesNow = history.names();
    open.update(
        jdbc.sql(
                """
                select d.project, r.route, count(*) as count
                from unnest(:routes::text[]) as r (route)
                join dead_letters d on d.route = r.route and d.state = 'dead'
                group by d.project, r.route
                """)
            .param("routes", "{" + String.join(",", routesNow) + "}")
            .query(
                (row, index) ->
                    new OpenDeadLetters.Count(
                        row.getString("project"), row.getString("route"), row.getLong("count")))
            .list());
    Map<String, Long> unstoredByRoute = new HashMap<>();
    for (String route : routesNow) {
      unstoredByRoute.put(route, queues.messageCount(route));
    }
    unstored = unstoredByRoute;
    MeterRegistry meters = registry;
    if (meters != null) {
      unstoredByRoute.keySet().forEach(route -> register(route, meters));
    }
    return false;
  }
}
