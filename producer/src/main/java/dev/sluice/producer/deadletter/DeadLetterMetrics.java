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

/** How many dead letters there are: in the broker still, and at the desk. */
@Component
class DeadLetterMetrics extends BackgroundTask implements MeterBinder {
  private final Routes routes;
  private final RouteHistory known;
  private final DeadLetterQueues queues;
  private final JdbcClient jdbc;
  private final OpenDeadLetters open;
  private final Set<String> shown = ConcurrentHashMap.newKeySet();
  private final BackgroundLoop loop =
      new BackgroundLoop("dead-letter-metrics", Duration.ofSeconds(5), this::round);
  private volatile @Nullable MeterRegistry registry;
  private volatile Map<String, Long> inBroker = Map.of();

  DeadLetterMetrics(
      Routes routes,
      RouteHistory known,
      DeadLetterQueues queues,
      JdbcClient jdbc,
      OpenDeadLetters open) {
    this.routes = routes;
    this.known = known;
    this.queues = queues;
    this.jdbc = jdbc;
    this.open = open;
  }

  @Override
  public void bindTo(MeterRegistry all) {
    registry = all;
    routes.names().forEach(route -> show(route, all));
  }

  private void show(String route, MeterRegistry all) {
    if (shown.add(route)) {
      Gauge.builder("sluice.dead.letters.open", () -> open.byRoute().getOrDefault(route, 0L))
          .description("Dead letters that nobody has replayed or discarded")
          .tag("route", route)
          .register(all);
      Gauge.builder("sluice.dead.letters.unstored", () -> inBroker.getOrDefault(route, 0L))
          .description("Dead letters that the desk has not taken in yet")
          .tag("route", route)
          .register(all);
    }
  }

  private boolean round() {
    Set<String> routesNow = known.names();
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
    Map<String, Long> waiting = new HashMap<>();
    for (String route : routesNow) {
      waiting.put(route, queues.waiting(route));
    }
    inBroker = waiting;
    MeterRegistry all = registry;
    if (all != null) {
      waiting.keySet().forEach(route -> show(route, all));
    }
    return false;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
