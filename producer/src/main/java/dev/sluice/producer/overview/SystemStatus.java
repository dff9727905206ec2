package dev.sluice.producer.overview;

import dev.sluice.api.status.StatusView;
import dev.sluice.platform.route.Routes;
import dev.sluice.platform.startup.BrokerCheck;
import dev.sluice.producer.infrastructure.broker.BrokerHealth;
import dev.sluice.producer.infrastructure.database.Database;
import dev.sluice.producer.infrastructure.loop.LoopWatchdog;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.store.UnfinishedTaskCounter;
import java.util.List;
import java.util.Map;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Reports the system status, also while the broker or the database is unavailable. */
@Component
class SystemStatus {
  private final Routes routes;
  private final Database database;
  private final BatchQueries batches;
  private final UnfinishedTaskCounter taskCounter;
  private final BrokerHealth broker;
  private final RabbitConnectionDetails details;
  private final LoopWatchdog watchdog;

  SystemStatus(
      Routes routes,
      Database database,
      BatchQueries batches,
      UnfinishedTaskCounter taskCounter,
      BrokerHealth broker,
      RabbitConnectionDetails details,
      LoopWatchdog watchdog) {
    this.routes = routes;
    this.database = database;
    this.batches = batches;
    this.taskCounter = taskCounter;
    this.broker = broker;
    this.details = details;
    this.watchdog = watchdog;
  }

  /** Returns the current status. */
  StatusView now() {
    BatchQueries.Unfinished counts = BatchQueries.Unfinished.NONE;
    UnfinishedTaskCounter.Counts tasks = new UnfinishedTaskCounter.Counts(Map.of());
    boolean databaseUp = true;
    try {
      counts = batches.countUnfinished();
      tasks = taskCounter.count();
    } catch (DataAccessException unavailable) {
      databaseUp = false;
    }
    return new StatusView(
        version(),
        new StatusView.Broker(BrokerCheck.addresses(details), broker.isConnected()),
        new StatusView.Store(database.kind(), databaseUp),
        new StatusView.Batches(
            counts.validating(), counts.running(), counts.finalizing(), counts.paused()),
        routes(tasks),
        stalled());
  }

  private List<StatusView.Route> routes(UnfinishedTaskCounter.Counts tasks) {
    return routes.all().stream()
        .map(
            route -> {
              UnfinishedTaskCounter.Count count = tasks.of(route.name());
              return new StatusView.Route(
                  route.name(),
                  route.models(),
                  route.firstProvider().maxTokensField().wireName(),
                  route.context().maxTokens(),
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
