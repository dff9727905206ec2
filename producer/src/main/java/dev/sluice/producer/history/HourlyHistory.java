package dev.sluice.producer.history;

import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Counts what finishes on this producer, and adds it to the table every 5 s. So a task needs no
 * statement of its own, and a producer that crashes loses the counts of the last 5 s.
 */
@Component
public class HourlyHistory extends SingleLoopTask {
  private static final Logger LOG = LoggerFactory.getLogger(HourlyHistory.class);
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final HourlyHistoryStore store;
  private final Clock clock;
  private Map<RouteHour, HourlyCounts> pending = new TreeMap<>();

  HourlyHistory(HourlyHistoryStore store, Clock clock) {
    super("hourly-history", INTERVAL);
    this.store = store;
    this.clock = clock;
  }

  /** Adds what has finished now, by route. */
  public synchronized void add(Map<String, HourlyCounts> byRoute) {
    Instant hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
    byRoute.forEach(
        (route, counts) -> pending.merge(new RouteHour(hour, route), counts, HourlyCounts::plus));
  }

  @Override
  protected boolean round() {
    Map<RouteHour, HourlyCounts> counts = take();
    if (!counts.isEmpty()) {
      try {
        store.add(counts);
      } catch (DataAccessException | TransactionException failed) {
        putBack(counts);
        throw failed;
      }
    }
    return false;
  }

  private synchronized Map<RouteHour, HourlyCounts> take() {
    Map<RouteHour, HourlyCounts> taken = pending;
    pending = new TreeMap<>();
    return taken;
  }

  private synchronized void putBack(Map<RouteHour, HourlyCounts> counts) {
    counts.forEach((hour, count) -> pending.merge(hour, count, HourlyCounts::plus));
  }

  /** Stores what finished during the shutdown. */
  @PreDestroy
  void close() {
    try {
      round();
    } catch (DataAccessException | TransactionException failed) {
      LOG.warn("Cannot store the last counts of the history: {}", failed.getMessage());
    }
  }
}
