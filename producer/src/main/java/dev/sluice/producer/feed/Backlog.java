package dev.sluice.producer.feed;

import dev.sluice.common.wire.Body;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.batch.BatchId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The tasks that wait in PostgreSQL for their turn. */
@Repository
class Backlog {
  /** So that many large requests together do not fill the memory. */
  private static final long MOST_BYTES = 32L * 1024 * 1024;

  private final JdbcClient jdbc;
  private final Clock clock;

  Backlog(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** How many of the route's tasks are in the broker or with a worker. */
  int inBroker(String route) {
    return jdbc.sql("select count(*) from tasks where route = :route and state = 'submitted'")
        .param("route", route)
        .query(Integer.class)
        .single();
  }

  /**
   * Takes the next tasks of the route, one of each running batch in turn, and locks them for this
   * transaction. Tasks that another producer has locked are passed over.
   */
  List<TaskMessage> take(String route, int limit) {
    Instant now = clock.instant();
    return jdbc.sql(
            """
            with candidates as (
              select t.id, t.batch_id, t.size,
                row_number() over (partition by t.batch_id order by t.line_no) as turn
              from batches b cross join lateral (
                select id, batch_id, line_no, octet_length(body) as size from tasks
                where route = :route and batch_id = b.id and state = 'queued'
                order by line_no limit :limit) t
              where b.status = 'in_progress' and b.expires_at > :now),
            in_turn as (
              select id, row_number() over (order by turn, batch_id) as place,
                sum(size) over (order by turn, batch_id) - size as bytes_before
              from candidates)
            select t.id, t.batch_id, t.custom_id, t.body, b.endpoint, b.expires_at
            from tasks t join in_turn on in_turn.id = t.id join batches b on b.id = t.batch_id
            where place <= :limit and bytes_before < :bytes and t.state = 'queued'
            order by place
            for no key update of t skip locked""")
        .param("route", route)
        .param("limit", limit)
        .param("bytes", MOST_BYTES)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .query((row, index) -> message(row, route, now))
        .list();
  }

  void markSubmitted(Collection<UUID> tasks) {
    jdbc.sql("update tasks set state = 'submitted' where id in (:ids) and state = 'queued'")
        .param("ids", tasks)
        .update();
  }

  private static TaskMessage message(ResultSet row, String route, Instant now) throws SQLException {
    TaskIds ids =
        new TaskIds(
            row.getString("id"),
            new BatchId(row.getObject("batch_id", UUID.class)).toString(),
            row.getString("endpoint"),
            route,
            Lane.BATCH,
            row.getString("custom_id"),
            null);
    return TaskMessage.first(
        ids, now, row.getTimestamp("expires_at").toInstant(), Body.of(row.getBytes("body")));
  }
}
