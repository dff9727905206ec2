package dev.sluice.producer.status;

import dev.sluice.common.route.Routes;
import dev.sluice.common.startup.BrokerCheck;
import dev.sluice.producer.database.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What runs where, and how much waits; also while broker or database are away. */
@Component
public class SystemStatus {
  private final Routes routes;
  private final Database database;
  private final JdbcClient jdbc;
  private final UnfinishedTaskCounter waiting;
  private final BrokerHealth broker;
  private final RabbitConnectionDetails details;

  SystemStatus(
      Routes routes,
      Database database,
      JdbcClient jdbc,
      UnfinishedTaskCounter waiting,
      BrokerHealth broker,
      RabbitConnectionDetails details) {
    this.routes = routes;
    this.database = database;
    this.jdbc = jdbc;
    this.waiting = waiting;
    this.broker = broker;
    this.details = details;
  }

  /** As it stands now. */
  public Status now() {
    Map<String, Long> batches = new HashMap<>();
    UnfinishedTaskCounter.Counts tasks = new UnfinishedTaskCounter.Counts(Map.of());
    boolean databaseUp = true;
    try {
      countBatches(batches);
      tasks = waiting.count();
    } catch (DataAccessException away) {
      databaseUp = false;
    }
    return new Status(
        version(),
        new Broker(BrokerCheck.addresses(details), broker.isUp()),
        new Store(database.kind(), databaseUp),
        new Batches(
            batches.getOrDefault("validating", 0L),
            batches.getOrDefault("in_progress", 0L) + batches.getOrDefault("cancelling", 0L),
            batches.getOrDefault("finalizing", 0L)),
        routes(tasks));
  }

  private void countBatches(Map<String, Long> batches) {
    jdbc.sql(
            """
            select status, count(*) as many from batches
            where status in ('validating', 'in_progress', 'finalizing', 'cancelling')
            group by status""")
        .query(
            row -> {
              batches.put(row.getString("status"), row.getLong("many"));
            });
  }

  private List<Route> routes(UnfinishedTaskCounter.Counts tasks) {
    return routes.all().stream()
        .map(
            route -> {
              UnfinishedTaskCounter.Count count = tasks.of(route.name());
              return new Route(route.name(), route.models(), count.queued(), count.inBroker());
            })
        .toList();
  }

  private static String version() {
    String version = SystemStatus.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  public record Status(
      String version, Broker broker, Store database, Batches batches, List<Route> routes) {}

  public record Broker(String address, boolean up) {}

  public record Store(String kind, boolean up) {}

  public record Batches(long validating, long inProgress, long finalizing) {}

  public record Route(String name, List<String> models, long queued, long inBroker) {}
}
