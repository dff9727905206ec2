package dev.sluice.producer.deadletter;

import dev.sluice.platform.route.Routes;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Remembers all routes that were ever in the settings, because dead letters outlive routes. */
@Repository
class RouteHistory {
  private final Routes routes;
  private final JdbcClient jdbc;

  RouteHistory(Routes routes, JdbcClient jdbc) {
    this.routes = routes;
    this.jdbc = jdbc;
  }

  /** Stores the routes of the settings. */
  void recordRoutes() {
    for (String route : routes.names()) {
      jdbc.sql("insert into known_routes (name) values (:name) on conflict do nothing")
          .param("name", route)
          .update();
    }
  }

  /** Returns the names of all routes, including those of other producers. */
  Set<String> names() {
    Set<String> names = new TreeSet<>(routes.names());
    names.addAll(jdbc.sql("select name from known_routes").query(String.class).list());
    return names;
  }
}
