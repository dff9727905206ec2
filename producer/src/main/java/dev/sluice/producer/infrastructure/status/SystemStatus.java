package dev.sluice.producer.infrastructure.status;

import dev.sluice.platform.route.Routes;
import dev.sluice.platform.startup.BrokerCheck;
import dev.sluice.producer.infrastructure.database.Database;
import dev.sluice.producer.infrastructure.loop.LoopWatchdog;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.store.BatchStatus;
import dev.sluice.producer.store.UnfinishedTaskCounter;
import java.util.List;
import java.util.Map;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Reports the system status, also while the broker or the database is unavailable. */
@Component
public class SystemStatus {
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
  public Status now() {
    Map<BatchStatus, Long> counts = Map.of();
    UnfinishedTaskCounter.Counts tasks = new UnfinishedTaskCounter.Counts(Map.of());
    boolean databaseUp = true;
    try {
      counts = batches.countUnfinished();
      tasks = taskCounter.count();
    } catch (DataAccessException unavailable) {
      databaseUp = false;
    }
    return new Status(
        version(),
        new Broker(BrokerCheck.addresses(details), broker.isConnected()),
        new Store(database.kind(), databaseUp),
        new Batches(
            counts.getOrDefault(BatchStatus.VALIDATING, 0L),
            counts.getOrDefault(BatchStatus.IN_PROGRESS, 0L)
                + counts.getOrDefault(BatchStatus.CANCELLING, 0L),
            counts.getOrDefault(BatchStatus.FINALIZING, 0L)),
        routes(tasks),
        stalled());
  }

  private List<Route> routes(UnfinishedTaskCounter.Counts tasks) {
    return routes.all().stream()
        .map(
            route -> {
              UnfinishedTaskCounter.Count count = tasks.of(route.name());
              return new Route(
                  route.name(),
                  route.models(),
                  route.provider().maxTokensField().wireName(),
                  count.queued(),
                  count.inBroker());
            })
        .toList();
  }

  private List<StalledLoop> stalled() {
    return watchdog.stalled().stream()
        .map(loop -> new StalledLoop(loop.loop(), loop.withoutProgress().toSeconds()))
        .toList();
  }

  private static String version() {
    String version = SystemStatus.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * The system status as the API returns it.
   *
   * @param stalledLoops background loops of this producer that make no progress; usually none
   */
  public record Status(
      String version,
      Broker broker,
      Store database,
      Batches batches,
      List<Route> routes,
      List<StalledLoop> stalledLoops) {}

  /** A background loop whose round has made no progress for more than 30 s. */
  public record StalledLoop(String name, long secondsWithoutProgress) {}

  /** The broker and whether this producer is connected to it. */
  public record Broker(String address, boolean up) {}

  /** The kind of database and whether it is available. */
  public record Store(String kind, boolean up) {}

  /** The number of unfinished batches by status; {@code inProgress} includes cancelling ones. */
  public record Batches(long validating, long inProgress, long finalizing) {}

  /**
   * A route and its unfinished tasks.
   *
   * @param maxTokensField name of the field that limits the answer of a chat completion
   * @param queued tasks in PostgreSQL
   * @param inBroker tasks in the broker or at a worker
   */
  public record Route(
      String name, List<String> models, String maxTokensField, long queued, long inBroker) {}
}
