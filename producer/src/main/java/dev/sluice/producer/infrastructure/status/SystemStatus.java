package dev.sluice.producer.infrastructure.status;

import dev.sluice.api.status.StatusView;
import dev.sluice.platform.route.Routes;
import dev.sluice.platform.startup.BrokerCheck;
import dev.sluice.producer.infrastructure.database.Database;
import dev.sluice.producer.infrastructure.loop.LoopWatchdog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reports the system status, also while the broker or the database is unavailable. */
@Component
public class SystemStatus {
  private final Routes routes;
  private final Database database;
  private final JdbcClient jdbc;
  private final UnfinishedTaskCounter taskCounter;
  private final BrokerHealth broker;
  private final RabbitConnectionDetails details;
  private final LoopWatchdog watchdog;

  SystemStatus(
      Routes routes,
      Database database,
      JdbcClient jdbc,
      UnfinishedTaskCounter taskCounter,
      BrokerHealth broker,
      RabbitConnectionDetails details,
      LoopWatchdog watchdog) {
    this.routes = routes;
    this.database = database;
    this.jdbc = jdbc;
    this.taskCounter = taskCounter;
    this.broker = broker;
    this.details = details;
    this.watchdog = watchdog;
  }

  /** Returns the current status. */
  public StatusView now() {
    Map<String, Long> batches = new HashMap<>();
    UnfinishedTaskCounter.Counts tasks = new UnfinishedTaskCounter.Counts(Map.of());
    boolean databaseUp = true;
    try {
      countBatches(batches);
      tasks = taskCounter.count();
    } catch (DataAccessException unavailable) {
      databaseUp = false;
    }
    return new StatusView(
        version(),
        new StatusView.Broker(BrokerCheck.addresses(details), broker.isConnected()),
        new StatusView.Store(database.kind(), databaseUp),
        new StatusView.Batches(
            batches.getOrDefault("validating", 0L),
            batches.getOrDefault("in_progress", 0L) + batches.getOrDefault("cancelling", 0L),
            batches.getOrDefault("finalizing", 0L)),
        routes(tasks),
        stalled());
  }

  private void countBatches(Map<String, Long> batches) {
    jdbc.sql(
            """
            select status, count(*) as count from batches
            where status in ('validating', 'in_progress', 'finalizing', 'cancelling')
            group by status""")
        .query(
            row -> {
              batches.put(row.getString("status"), row.getLong("count"));
            });
  }

  private List<StatusView.Route> routes(UnfinishedTaskCounter.Counts tasks) {
    return routes.all().stream()
        .map(
            route -> {
              UnfinishedTaskCounter.Count count = tasks.of(route.name());
              return new StatusView.Route(
                  route.name(),
                  route.models(),
                  route.provider().maxTokensField().wireName(),
                  count.queued(),
                  count.inBroker());
            })
        .toList();
  }

  private List<StatusView.StalledLoop> stalled() {
    return watchdog.stalled().stream()
        .map(loop -> new StatusView.StalledLoop(loop.loop(), loop.withoutProgress().toSeconds()))
        .toList();
  }

  private static String version() {
    String version = SystemStatus.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
