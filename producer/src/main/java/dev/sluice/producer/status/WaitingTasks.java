package dev.sluice.producer.status;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts the tasks that have not ended, in PostgreSQL. */
@Component
public class WaitingTasks {
  private final JdbcClient jdbc;

  WaitingTasks(JdbcClient jdbc) {
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

    Count plus(Count other) {
      return new Count(queued + other.queued, inBroker + other.inBroker);
    }
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
    for (String state : List.of("queued", "submitted")) {
      jdbc.sql(
              "select route, count(*) as many from tasks where state = '%s' group by route"
                  .formatted(state)) // written out, so that its partial index serves
          .query(
              row -> {
                long many = row.getLong("many");
                Count count = state.equals("queued") ? new Count(many, 0) : new Count(0, many);
                counts.merge(row.getString("route"), count, Count::plus);
              });
    }
    return new Counts(Map.copyOf(counts));
  }
}
