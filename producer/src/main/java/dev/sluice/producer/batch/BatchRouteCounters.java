package dev.sluice.producer.batch;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What of each batch waits for each route, what is in the broker, and how much it has had.
 *
 * <p>Every change stands in the transaction that changes the tasks, and behind that: the order of
 * the locks is batches, tasks, shares, each in the order of their ids, so that nobody waits in a
 * circle.
 */
@Repository
public class BatchRouteCounters {
  /** A batch that joins gets no credit for the time before: it begins where the others are. */
  private static final String WHERE_THE_OTHERS_ARE =
      """
      (select min(o.passed) from shares o join batches b on b.id = o.batch_id
       where o.route = %s and o.queued > 0 and o.batch_id <> :batch
         and b.status = 'in_progress' and b.paused_at is null)""";

  private final JdbcClient jdbc;
  private final JdbcOperations bulk;

  BatchRouteCounters(JdbcClient jdbc, JdbcOperations bulk) {
    this.jdbc = jdbc;
    this.bulk = bulk;
  }

  /**
   * A batch's part in a route.
   *
   * @param batch its id
   */
  public record Key(UUID batch, String route) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byBatch = batch.toString().compareTo(other.batch.toString()); // as PostgreSQL sorts them
      return byBatch != 0 ? byBatch : route.compareTo(other.route);
    }
  }

  /**
   * How many tasks more, or fewer, a share has.
   *
   * @param passed tokens that the feed took, divided by the priority
   */
  public record Change(long queued, long submitted, double passed) {
    public Change plus(Change other) {
      return new Change(queued + other.queued, submitted + other.submitted, passed + other.passed);
    }
  }

  /** A batch's tasks are there. */
  public void open(BatchId batch, Map<String, Long> tasks) {
    tasks.forEach(
        (route, count) ->
            jdbc.sql(
                    "insert into shares (batch_id, route, queued, submitted, passed) values (:batch, :route, :queued, 0, coalesce("
                        + WHERE_THE_OTHERS_ARE.formatted(":route")
                        + ", 0))")
                .param("batch", batch.uuid())
                .param("route", route)
                .param("queued", count)
                .update());
  }

  /** A task is replayed: its batch takes part in that route, again or for the first time. */
  void reopen(BatchId batch, String route) {
    jdbc.sql(
            "insert into shares as s (batch_id, route, queued, submitted, passed) values (:batch, :route, 1, 0, coalesce("
                + WHERE_THE_OTHERS_ARE.formatted(":route")
                + ", 0)) on conflict (batch_id, route) do update set queued = s.queued + 1, passed = greatest(s.passed, excluded.passed)")
        .param("batch", batch.uuid())
        .param("route", route)
        .update();
  }

  /** A batch takes part again: it catches up on nothing, and gives nothing back. */
  void rejoin(BatchId batch) {
    jdbc.sql(
            "update shares set passed = coalesce("
                + WHERE_THE_OTHERS_ARE.formatted("shares.route")
                + ", passed) where batch_id = :batch")
        .param("batch", batch.uuid())
        .update();
  }

  /** Applies all changes, each once. */
  public void change(Map<Key, Change> changes) {
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
                          entry.getValue().passed(),
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

  /** The routes for which tasks of this batch wait. */
  public List<String> waitingFor(BatchId batch) {
    return jdbc.sql(
            "select route from shares where batch_id = :batch and queued > 0 order by route")
        .param("batch", batch.uuid())
        .query((row, index) -> row.getString("route"))
        .list();
  }

  /**
   * What of a batch is not done.
   *
   * @param running whether it takes its turns
   */
  public record OpenTasks(
      BatchId batch, String route, long queued, long submitted, int priority, boolean running) {}

  /** Of all batches of all projects. */
  public List<OpenTasks> open() {
    return jdbc.sql(
            """
            select s.batch_id, s.route, s.queued, s.submitted, b.priority,
              b.status = 'in_progress' and b.paused_at is null as running
            from shares s join batches b on b.id = s.batch_id
            where s.queued > 0 or s.submitted > 0 order by s.batch_id, s.route""")
        .query(
            (row, index) ->
                new OpenTasks(
                    new BatchId(row.getObject("batch_id", UUID.class)),
                    row.getString("route"),
                    row.getLong("queued"),
                    row.getLong("submitted"),
                    row.getInt("priority"),
                    row.getBoolean("running")))
        .list();
  }

  /**
   * How many tasks of each route wait in PostgreSQL for their turn: those of paused and cancelled
   * batches get none.
   */
  public Map<String, Long> takeable() {
    Map<String, Long> takeable = new TreeMap<>();
    jdbc.sql(
            """
            select s.route, sum(s.queued) as queued
            from shares s join batches b on b.id = s.batch_id
            where s.queued > 0 and b.status <> 'cancelling' and b.paused_at is null
            group by s.route""")
        .query(
            row -> {
              takeable.put(row.getString("route"), row.getLong("queued"));
            });
    return takeable;
  }

  /** How many tasks of the batch are in the broker or with a worker. */
  long inBroker(BatchId batch) {
    return jdbc.sql("select coalesce(sum(submitted), 0) from shares where batch_id = :batch")
        .param("batch", batch.uuid())
        .query(Long.class)
        .single();
  }
}
