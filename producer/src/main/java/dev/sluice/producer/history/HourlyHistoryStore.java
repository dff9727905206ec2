package dev.sluice.producer.history;

import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.infrastructure.retention.ExpiredRows;
import dev.sluice.producer.infrastructure.retention.RetentionSettings;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Stores the counts of each hour and route in PostgreSQL. */
@Repository
class HourlyHistoryStore implements ExpiredRows {
  private final JdbcClient jdbc;
  private final JdbcOperations bulk;
  private final RetentionSettings settings;
  private final Clock clock;

  HourlyHistoryStore(
      JdbcClient jdbc, JdbcOperations bulk, RetentionSettings settings, Clock clock) {
    this.jdbc = jdbc;
    this.bulk = bulk;
    this.settings = settings;
    this.clock = clock;
  }

  /** Adds counts to those of other producers. */
  @Transactional
  public void add(Map<RouteHour, HourlyCounts> counts) {
    bulk.batchUpdate(
        """
        insert into hourly_history as h (hour, route, completed, failed, throttled, tokens)
        values (?, ?, ?, ?, ?, ?)
        on conflict (hour, route) do update set completed = h.completed + excluded.completed,
          failed = h.failed + excluded.failed, throttled = h.throttled + excluded.throttled,
          tokens = h.tokens + excluded.tokens""",
        new TreeMap<>(counts)
            .entrySet().stream().map(entry -> row(entry.getKey(), entry.getValue())).toList());
  }

  private static Object[] row(RouteHour hour, HourlyCounts counts) {
    return new Object[] {
      SqlValues.at(hour.start()),
      hour.route(),
      counts.completed(),
      counts.failed(),
      counts.throttled(),
      counts.tokens()
    };
  }

  /** The hours that start at this time or later; hours in which nothing finished are absent. */
  SortedMap<RouteHour, HourlyCounts> since(Instant start) {
    SortedMap<RouteHour, HourlyCounts> counts = new TreeMap<>();
    jdbc.sql("select * from hourly_history where hour >= :start")
        .param("start", SqlValues.at(start))
        .query(
            row -> {
              counts.put(
                  new RouteHour(
                      row.getObject("hour", OffsetDateTime.class).toInstant(),
                      row.getString("route")),
                  new HourlyCounts(
                      row.getLong("completed"),
                      row.getLong("failed"),
                      row.getLong("throttled"),
                      row.getLong("tokens")));
            });
    return counts;
  }

  @Override
  public boolean deleteSome() {
    return jdbc.sql(
                """
                delete from hourly_history where (hour, route) in (
                  select hour, route from hourly_history where hour < :before
                  order by hour, route limit :limit for update skip locked)""")
            .param("before", SqlValues.at(clock.instant().minus(settings.historyAfter())))
            .param("limit", ROWS_PER_STATEMENT)
            .update()
        == ROWS_PER_STATEMENT;
  }
}
