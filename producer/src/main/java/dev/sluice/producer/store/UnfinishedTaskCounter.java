package dev.sluice.producer.store;

import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts unfinished tasks by route, from the batch-route counters. */
@Component
public class UnfinishedTaskCounter {
  private final JdbcClient jdbc;

  UnfinishedTaskCounter(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The unfinished tasks of one route.
   *
   * @param queued tasks in PostgreSQL
   * @param inBroker tasks in the broker or with a worker
   */
  public record Count(long queued, long inBroker) {
    public static final Count NONE = new Count(0, 0);
  }

  /**
   * The counts of all routes with unfinished tasks.
   *
   * @param byRoute by route name
   */
  public record Counts(Map<String, Count> byRoute) {
    /** Returns zero for a route without unfinished tasks. */
    public Count of(String route) {
      return byRoute.getOrDefault(route, Count.NONE);
    }
  }

  /**
   * Counts the unfinished tasks.
   *
   * @throws org.springframework.dao.DataAccessException if the database is unavailable
   */
  public Counts count() {
    Map<String, Count> counts = new HashMap<>();
    jdbc.sql(
            """
            select route, sum(queued) as queued, sum(submitted) as in_broker from shares
            where queued > 0 or submitted > 0 group by route""")
        .query(
            row -> {
              Count count = new Count(row.getLong("queued"), row.getLong("in_broker"));
              counts.put(row.getString("route"), count);
            });
    return new Counts(Map.copyOf(counts));
  }
}
