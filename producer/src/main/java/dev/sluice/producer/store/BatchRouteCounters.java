package dev.sluice.producer.store;

import dev.sluice.producer.infrastructure.database.SqlValues;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Counters per batch and route: queued tasks, tasks in the broker, and the virtual time of fair
 * queueing.
 *
 * <p>A change runs in the transaction that changes the tasks, after that change, in the order of
 * {@link LockedBatches}.
 */
@Repository
public class BatchRouteCounters {
  /**
   * A new or resumed batch, or one whose first task is queued again, starts at the minimum of the
   * project's other batches, so that it gets neither credit nor penalty.
   */
  private static final String MIN_VIRTUAL_TIME =
      """
      (select min(o.passed) from shares o join batches b on b.id = o.batch_id
       where o.route = %s and o.queued > 0 and o.batch_id <> :batch
         and b.project = (select project from batches where id = :batch)
         and b.status in ('in_progress', 'completed', 'expired') and b.paused_at is null)""";

  private final JdbcClient jdbc;
  private final JdbcOperations bulk;
  private final Clock clock;

  BatchRouteCounters(JdbcClient jdbc, JdbcOperations bulk, Clock clock) {
    this.jdbc = jdbc;
    this.bulk = bulk;
    this.clock = clock;
  }

  /** Identifies the counters of one batch and one route. */
  public record Key(UUID batch, String route) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byBatch = batch.toString().compareTo(other.batch.toString()); // PostgreSQL's order
      return byBatch != 0 ? byBatch : route.compareTo(other.route);
    }
  }

  /**
   * The differences to add to the counters.
   *
   * @param virtualTime tokens of the submitted tasks, divided by the priority
   */
  public record Change(long queued, long submitted, double virtualTime) {
    public Change plus(Change other) {
      return new Change(
          queued + other.queued, submitted + other.submitted, virtualTime + other.virtualTime);
    }
  }

  /**
   * Creates the counters of a new batch.
   *
   * @param tasks the number of its tasks by route
   */
  void create(BatchId batch, Map<String, Long> tasks) {
    tasks.forEach(
        (route, count) ->
            jdbc.sql(
                    "insert into shares (batch_id, route, queued, submitted, passed) values (:batch, :route, :queued, 0, coalesce("
                        + MIN_VIRTUAL_TIME.formatted(":route")
                        + ", 0))")
                .param("batch", batch.uuid())
                .param("route", route)
                .param("queued", count)
                .update());
  }

  /**
   * Counts a replayed task as queued. The batch may not have used the route before. If it has no
   * other queued tasks, it starts at the others' minimum: replays do not wait for newer batches.
   */
  void addReplay(BatchId batch, String route) {
    jdbc.sql(
            "insert into shares as s (batch_id, route, queued, submitted, passed) values (:batch, :route, 1, 0, coalesce("
                + MIN_VIRTUAL_TIME.formatted(":route")
                + ", 0)) on conflict (batch_id, route) do update set queued = s.queued + 1, passed = case when s.queued > 0 then s.passed else coalesce("
                + MIN_VIRTUAL_TIME.formatted(":route")
                + ", s.passed) end")
        .param("batch", batch.uuid())
        .param("route", route)
        .update();
  }

  /** Counts tasks that wait for others; the batch may not have used the route before. */
  void addBlocked(BatchId batch, String route, long count) {
    jdbc.sql(
            """
            insert into shares as s (batch_id, route, queued, submitted, blocked, passed)
            values (:batch, :route, 0, 0, :count, 0)
            on conflict (batch_id, route) do update set blocked = s.blocked + :count""")
        .param("batch", batch.uuid())
        .param("route", route)
        .param("count", count)
        .update();
  }

  /**
   * Counts tasks that no longer wait for others.
   *
   * @param queued those that are queued now
   */
  void removeBlocked(BatchId batch, String route, long count, long queued) {
    jdbc.sql(
            "update shares as s set blocked = s.blocked - :count, queued = s.queued + :queued, passed = case when s.queued > 0 or :queued = 0 then s.passed else greatest(s.passed, coalesce("
                + MIN_VIRTUAL_TIME.formatted(":route")
                + ", s.passed)) end where batch_id = :batch and route = :route")
        .param("batch", batch.uuid())
        .param("route", route)
        .param("count", count)
        .param("queued", queued)
        .update();
  }

  /** On resume, sets the virtual time to the others' minimum: neither credit nor penalty. */
  void resetVirtualTime(BatchId batch) {
    jdbc.sql(
            "update shares set passed = coalesce("
                + MIN_VIRTUAL_TIME.formatted("shares.route")
                + ", passed) where batch_id = :batch")
        .param("batch", batch.uuid())
        .update();
  }

  /** Applies the changes for finished tasks. */
  public void change(LockedBatches locked, Map<Key, Change> changes) {
    changes.keySet().forEach(key -> locked.require(key.batch()));
    change(changes);
  }

  /** Applies the changes, ordered by batch and route. */
  void change(Map<Key, Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    List<Object[]> rows =
        new TreeMap<>(changes)
            .entrySet().stream()
                .map(
                    entry ->
                        new Object[] {
                          entry.getValue().queued(),
                          entry.getValue().submitted(),
                          entry.getValue().virtualTime(),
                          entry.getKey().batch(),
                          entry.getKey().route()
                        })
                .toList();
    bulk.batchUpdate(
        """
        update shares set queued = queued + ?, submitted = submitted + ?, passed = passed + ?
        where batch_id = ? and route = ?""",
        rows);
  }

  /**
   * The unfinished tasks of a batch and route.
   *
   * @param queued in PostgreSQL
   * @param submitted in the broker or at a worker
   * @param blocked wait for the answers of others
   * @param running whether the batch is in progress and not paused
   */
  public record OpenTasks(
      BatchId batch,
      String project,
      String route,
      long queued,
      long submitted,
      long blocked,
      int priority,
      boolean running) {}

  /** The unfinished tasks of all batches of all projects. */
  public List<OpenTasks> openTasks() {
    return jdbc.sql(
            """
            select s.batch_id, b.project, s.route, s.queued, s.submitted, s.blocked, b.priority,
              b.status = 'in_progress' and b.paused_at is null as running
            from shares s join batches b on b.id = s.batch_id
            where s.queued > 0 or s.submitted > 0 or s.blocked > 0 order by s.batch_id, s.route""")
        .query(
            (row, index) ->
                new OpenTasks(
                    new BatchId(row.getObject("batch_id", UUID.class)),
                    row.getString("project"),
                    row.getString("route"),
                    row.getLong("queued"),
                    row.getLong("submitted"),
                    row.getLong("blocked"),
                    row.getInt("priority"),
                    row.getBoolean("running")))
        .list();
  }

  /** The number of queued tasks by route, without those of paused and cancelled batches. */
  public Map<String, Long> dispatchable() {
    Map<String, Long> dispatchable = new TreeMap<>();
    jdbc.sql(
            """
            select s.route, sum(s.queued) as queued
            from shares s join batches b on b.id = s.batch_id
            where s.queued > 0 and b.status <> 'cancelling' and b.paused_at is null
            group by s.route""")
        .query(
            row -> {
              dispatchable.put(row.getString("route"), row.getLong("queued"));
            });
    return dispatchable;
  }

  /**
   * The running batches with unfinished tasks on a route.
   *
   * @param seconds time since the start of the oldest one
   * @param windowUsed the largest used fraction of a completion window, 0-1
   */
  public record OldestRunning(double seconds, double windowUsed) {
    public static final OldestRunning NONE = new OldestRunning(0, 0);
  }

  /** The running batches with unfinished tasks, by route. */
  public Map<String, OldestRunning> oldestRunning() {
    Map<String, OldestRunning> oldest = new TreeMap<>();
    Instant now = clock.instant();
    jdbc.sql(
            """
            select s.route, min(b.in_progress_at) as since,
              max(extract(epoch from :now - b.created_at)
                / extract(epoch from b.expires_at - b.created_at)) as used
            from shares s join batches b on b.id = s.batch_id
            where (s.queued > 0 or s.submitted > 0) and b.status = 'in_progress'
              and b.paused_at is null
            group by s.route""")
        .param("now", SqlValues.at(now))
        .query(
            row -> {
              Duration age = Duration.between(row.getTimestamp("since").toInstant(), now);
              oldest.put(
                  row.getString("route"),
                  new OldestRunning(age.toMillis() / 1000.0, row.getDouble("used")));
            });
    return oldest;
  }

  /**
   * The unfinished tasks of a batch that are not queued.
   *
   * @param submitted in the broker or at a worker
   * @param blocked wait for the answers of others
   */
  public record NotQueued(long submitted, long blocked) {
    public NotQueued plus(NotQueued other) {
      return new NotQueued(submitted + other.submitted, blocked + other.blocked);
    }
  }

  /** The unfinished tasks of the batch that are not queued. */
  public NotQueued notQueued(BatchId batch) {
    return jdbc.sql(
            """
            select coalesce(sum(submitted), 0) as submitted, coalesce(sum(blocked), 0) as blocked
            from shares where batch_id = :batch""")
        .param("batch", batch.uuid())
        .query(SqlValues.rows(NotQueued.class))
        .single();
  }
}
