package dev.sluice.producer.route.override;

import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.route.override.OperatorOverride.Hold;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores the operator overrides in PostgreSQL and caches them. */
@Repository
public class RouteOverrides {
  static final List<String> LIMITS = List.of("requests", "tokens", "input_tokens", "output_tokens");

  private final JdbcClient jdbc;
  private final ApplicationEventPublisher events;
  private final Clock clock;
  private volatile Map<String, OperatorOverride> cached = Map.of();

  RouteOverrides(JdbcClient jdbc, ApplicationEventPublisher events, Clock clock) {
    this.jdbc = jdbc;
    this.events = events;
    this.clock = clock;
  }

  /** Returns the cached override of a route, which is at most a few seconds old. */
  public OperatorOverride of(String route) {
    return cached.getOrDefault(route, OperatorOverride.none(route));
  }

  /** Reloads the cache. */
  List<OperatorOverride> reload() {
    List<OperatorOverride> all =
        jdbc.sql("select * from route_controls order by route").query(this::read).list();
    cached = all.stream().collect(Collectors.toMap(OperatorOverride::route, Function.identity()));
    return all;
  }

  /**
   * Holds a route.
   *
   * @param until when the hold ends, UTC; null until an operator releases it
   */
  void hold(String route, String reason, @Nullable Instant until) {
    jdbc.sql(
            """
            insert into route_controls (route, hold_reason, held_at, held_until)
            values (:route, :reason, :now, :until)
            on conflict (route) do update
              set hold_reason = :reason, held_at = :now, held_until = :until""")
        .param("route", route)
        .param("reason", reason)
        .param("now", SqlValues.now(clock))
        .param("until", until == null ? null : SqlValues.at(until), Types.TIMESTAMP_WITH_TIMEZONE)
        .update();
    changed();
  }

  void release(String route) {
    jdbc.sql(
            """
            update route_controls set hold_reason = null, held_at = null, held_until = null
            where route = :route""")
        .param("route", route)
        .update();
    changed();
  }

  /** Sets the limits of a route; absent limits are as in the settings. */
  void limit(String route, Map<String, Long> perMinute) {
    var statement =
        jdbc.sql(
            """
            insert into route_controls (route, requests_per_minute, tokens_per_minute,
              input_tokens_per_minute, output_tokens_per_minute)
            values (:route, :requests, :tokens, :input_tokens, :output_tokens)
            on conflict (route) do update set requests_per_minute = :requests,
              tokens_per_minute = :tokens, input_tokens_per_minute = :input_tokens,
              output_tokens_per_minute = :output_tokens""");
    for (String limit : LIMITS) {
      statement = statement.param(limit, perMinute.get(limit), Types.BIGINT);
    }
    statement.param("route", route).update();
    changed();
  }

  private void changed() {
    reload();
    events.publishEvent(new RouteOverridesChanged());
  }

  private OperatorOverride read(ResultSet row, int index) throws SQLException {
    Map<String, Long> limits = new LinkedHashMap<>();
    for (String limit : LIMITS) {
      Long perMinute = row.getObject(limit + "_per_minute", Long.class);
      if (perMinute != null) {
        limits.put(limit, perMinute);
      }
    }
    return new OperatorOverride(row.getString("route"), hold(row), limits);
  }

  private @Nullable Hold hold(ResultSet row) throws SQLException {
    String reason = row.getString("hold_reason");
    Timestamp end = row.getTimestamp("held_until");
    Instant until = end == null ? null : end.toInstant();
    boolean isExpired = until != null && !until.isAfter(clock.instant());
    return reason == null || isExpired
        ? null
        : new Hold(reason, row.getTimestamp("held_at").toInstant(), until);
  }
}
