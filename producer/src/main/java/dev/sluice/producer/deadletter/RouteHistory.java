package dev.sluice.producer.deadletter;

import dev.sluice.common.route.Routes;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The routes that ever were in the settings: dead letters outlive their route. */
@Repository
class RouteHistory {
  private final Routes routes;
  private final JdbcClient jdbc;

  RouteHistory(Routes routes, JdbcClient jdbc) {
    this.routes = routes;
    this.jdbc = jdbc;
  }

  /** Notes those of the settings. */
  void note() {
    for (String route : routes.names()) {
      jdbc.sql("insert into known_routes (name) values (:name) on conflict do nothing")
          .param("name", route)
          .update();
    }
  }

  /** All names, those of other producers' settings too. */
  Set<String> names() {
    Set<String> names = new TreeSet<>(routes.names());
    names.addAll(
        jdbc.sql("select name from known_routes")
            .query((row, index) -> row.getString("name"))
            .list());
    return names;
  }
}
