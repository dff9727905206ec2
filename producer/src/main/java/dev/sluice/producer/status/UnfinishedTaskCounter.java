package dev.sluice.producer.status;

import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts the tasks that have not ended, by the shares that batches have in the routes. */
@Component
public class UnfinishedTaskCounter {
  private final JdbcClient jdbc;

  UnfinishedTaskCounter(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The tasks of one route.
   *
   * @param queued wait in PostgreSQL
   * @param inBroker wait in the broker or are with a worker
   */
  public record Count(long queued, long inBroker) {
    static final Count NONE = new Count(0, 0);
  }

  /**
   * The counts of each route of which the database has tasks.
   *
   * @param byRoute by its name
   */
  public record Counts(Map<String, Count> byRoute) {
    public Count of(String route) {
      return byRoute.getOrDefault(route, Count.NONE);
    }
  }

  /**
   * Asks the database.
   *
   * @throws org.springframework.dao.DataAccessException where it is away
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
