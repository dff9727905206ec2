package dev.sluice.producer.dispatch;

import dev.sluice.producer.batch.BatchRouteCounters;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The tasks that PostgreSQL records as submitted to the broker. */
@Repository
class SubmittedTasks {
  private static final int MAX_TASKS = 10_000;

  private final JdbcClient jdbc;
  private final BatchRouteCounters batchRouteCounters;
  private final Clock clock;

  SubmittedTasks(JdbcClient jdbc, BatchRouteCounters batchRouteCounters, Clock clock) {
    this.jdbc = jdbc;
    this.batchRouteCounters = batchRouteCounters;
    this.clock = clock;
  }

  /** The routes with submitted tasks, and whether some of these are of suspended batches. */
  Map<String, Boolean> routes() {
    Map<String, Boolean> routes = new HashMap<>();
    jdbc.sql(
            """
            select s.route, bool_or(b.status = 'cancelling' or b.paused_at is not null) as suspended
            from shares s join batches b on b.id = s.batch_id
            where s.submitted > 0 group by s.route""")
        .query(
            row -> {
              routes.put(row.getString("route"), row.getBoolean("suspended"));
            });
    return routes;
  }

  /**
   * The submitted tasks of a route, 10,000 at most. Those of an unconfirmed publication may not be
   * in the broker yet; {@link UnconfirmedPublications} decides on them.
   */
  Set<LostTaskDetector.Submission> of(String route) {
    return Set.copyOf(
        jdbc.sql(
                """
                select t.id, t.run, b.status = 'cancelling' as cancelled
                from tasks t join batches b on b.id = t.batch_id
                where t.route = :route and t.state = 'submitted'
                  and not exists (select from publications p where p.route = :route and t.id = any(p.tasks))
                order by t.batch_id, t.id limit :max""")
            .param("route", route)
            .param("max", MAX_TASKS)
            .query(
                (row, index) ->
                    new LostTaskDetector.Submission(
                        row.getObject("id", UUID.class),
                        row.getInt("run"),
                        row.getBoolean("cancelled")))
            .list());
  }

  /**
   * Returns lost tasks to the backlog. They are published as their next run, because workers skip
   * copies of a run that has ended. Those of a batch that was cancelled or has expired keep their
   * run: they end without a call.
   *
   * @return the number of tasks that had no outcome yet
   */
  int requeue(String route, Collection<UUID> lost) {
    Map<BatchRouteCounters.Key, BatchRouteCounters.Change> changes = new HashMap<>();
    jdbc.sql(
            """
            with locked as (
              select id from tasks where id = any(:ids::uuid[]) and state = 'submitted'
              order by id for no key update)
            update tasks t set state = 'queued', run = t.run + case
                when b.status = 'cancelling' or (b.status = 'in_progress' and b.expires_at <= :now)
                then 0 else 1 end
            from locked l, batches b where t.id = l.id and b.id = t.batch_id
            returning t.batch_id""")
        .param("ids", lost.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}")))
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .query((row, index) -> row.getObject("batch_id", UUID.class))
        .list()
        .forEach(
            batch ->
                changes.merge(
                    new BatchRouteCounters.Key(batch, route),
                    new BatchRouteCounters.Change(1, -1, 0),
                    BatchRouteCounters.Change::plus));
    batchRouteCounters.change(changes);
    return Math.toIntExact(
        changes.values().stream().mapToLong(BatchRouteCounters.Change::queued).sum());
  }
}
