package dev.sluice.producer.status;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.route.Routes;
import dev.sluice.common.startup.BrokerCheck;
import dev.sluice.producer.database.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What runs where, and how much waits; answers also while broker or database are away. */
@RestController
class StatusController {
  private final Routes routes;
  private final Database database;
  private final JdbcClient jdbc;
  private final BrokerWatch broker;
  private final RabbitConnectionDetails details;

  StatusController(
      Routes routes,
      Database database,
      JdbcClient jdbc,
      BrokerWatch broker,
      RabbitConnectionDetails details) {
    this.routes = routes;
    this.database = database;
    this.jdbc = jdbc;
    this.broker = broker;
    this.details = details;
  }

  @GetMapping("/api/status")
  Status status() {
    Map<String, Long> batches = new HashMap<>();
    Map<String, Long> tasks = new HashMap<>();
    boolean databaseUp = count(batches, tasks);
    return new Status(
        version(),
        new Broker(BrokerCheck.where(details), broker.isUp()),
        new Store(database.kind(), databaseUp),
        new Batches(
            batches.getOrDefault("validating", 0L),
            batches.getOrDefault("in_progress", 0L) + batches.getOrDefault("cancelling", 0L),
            batches.getOrDefault("finalizing", 0L)),
        routes.all().stream().map(route -> route(route, tasks)).toList());
  }

  private boolean count(Map<String, Long> batches, Map<String, Long> tasks) {
    try {
      jdbc.sql(
              """
              select status, count(*) as many from batches
              where status in ('validating', 'in_progress', 'finalizing', 'cancelling')
              group by status""")
          .query(
              row -> {
                batches.put(row.getString("status"), row.getLong("many"));
              });
      for (String state : List.of("queued", "submitted")) {
        jdbc.sql(
                "select route, count(*) as many from tasks where state = '%s' group by route"
                    .formatted(state)) // written out, so that its partial index serves
            .query(
                row -> {
                  tasks.put(state + " " + row.getString("route"), row.getLong("many"));
                });
      }
      return true;
    } catch (DataAccessException away) {
      return false;
    }
  }

  private static Route route(RouteSettings route, Map<String, Long> tasks) {
    return new Route(
        route.name(),
        route.models(),
        tasks.getOrDefault("queued " + route.name(), 0L),
        tasks.getOrDefault("submitted " + route.name(), 0L));
  }

  private static String version() {
    String version = StatusController.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  record Status(
      String version, Broker broker, Store database, Batches batches, List<Route> routes) {}

  record Broker(String address, boolean up) {}

  record Store(String kind, boolean up) {}

  record Batches(long validating, long inProgress, long finalizing) {}

  record Route(String name, List<String> models, long queued, long inBroker) {}
}
