package dev.sluice.producer.dispatch;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.batch.BatchRouteCounters;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.batch.OutcomeCounts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The queued tasks in PostgreSQL, in the order of start-time fair queueing.
 *
 * <p>Each batch has a virtual time per route: the tokens of its submitted tasks, divided by its
 * priority. The next task is that of the batch with the lowest virtual time. A new batch starts at
 * the minimum of the others.
 */
@Repository
class Backlog {
  /** Limits the memory for one bulk of large requests. */
  private static final long MAX_BYTES = 32L * 1024 * 1024;

  /** Limits the time for which a cancelled batch of many tasks holds its locks. */
  private static final int MAX_TERMINATED_AT_ONCE = 2_000;

  /** Queued tasks of a finished batch are replays. They have their own deadline. */
  private static final String RUNS =
      """
      (b.status in ('completed', 'expired')
        or (b.status = 'in_progress' and b.paused_at is null and b.expires_at > :now))""";

  private static final String SUSPENDED =
      "(b.status = 'cancelling' or (b.status = 'in_progress' and b.paused_at is not null))";

  private final JdbcClient jdbc;
  private final Batches batches;
  private final BatchRouteCounters batchRouteCounters;
  private final Clock clock;

  Backlog(JdbcClient jdbc, Batches batches, BatchRouteCounters batchRouteCounters, Clock clock) {
    this.jdbc = jdbc;
    this.batches = batches;
    this.batchRouteCounters = batchRouteCounters;
    this.clock = clock;
  }

  /**
   * The number of tasks of a route.
   *
   * @param queued tasks in PostgreSQL, of all batches
   * @param inBroker tasks in the broker or at a worker
   * @param ready whether a running batch has queued tasks
   * @param suspended whether tasks in the broker belong to cancelled or paused batches
   */
  record RouteBacklog(long queued, int inBroker, boolean ready, boolean suspended) {}

  RouteBacklog load(String route) {
    return jdbc.sql(
            """
            select coalesce(sum(s.queued), 0) as queued, coalesce(sum(s.submitted), 0) as in_broker,
              coalesce(bool_or(s.queued > 0 and %s), false) as ready,
              coalesce(bool_or(s.submitted > 0 and %s), false) as suspended
            from shares s join batches b on b.id = s.batch_id
            where s.route = :route and (s.queued > 0 or s.submitted > 0)"""
                .formatted(RUNS, SUSPENDED))
        .param("route", route)
        .param("now", at(clock.instant()))
        .query(
            (row, index) ->
                new RouteBacklog(
                    row.getLong("queued"),
                    row.getInt("in_broker"),
                    row.getBoolean("ready"),
                    row.getBoolean("suspended")))
        .single();
  }

  /**
   * Locks the route for this transaction, so that one producer at a time publishes its tasks.
   *
   * @return the number of tasks that all producers have published so far; empty if another producer
   *     holds the lock
   */
  OptionalLong lockRoute(String route) {
    jdbc.sql("insert into feeds (route) values (:route) on conflict do nothing")
        .param("route", route)
        .update();
    return jdbc
        .sql("select published from feeds where route = :route for update skip locked")
        .param("route", route)
        .query(Long.class)
        .stream()
        .mapToLong(Long::longValue)
        .findFirst();
  }

  /**
   * A task that may be published next.
   *
   * @param cost its tokens divided by its batch's priority: what it adds to the virtual time
   */
  record Candidate(TaskMessage message, UUID batch, double cost) {
    SubmittedTask toSubmitted() {
      return new SubmittedTask(UUID.fromString(message.ids().taskId()), batch, cost);
    }
  }

  /** A task that the broker has confirmed. */
  record SubmittedTask(UUID id, UUID batch, double cost) {}

  /**
   * The next tasks of the route, locked for this transaction.
   *
   * @param excluded tasks to skip
   */
  List<Candidate> selectNext(String route, int limit, Collection<UUID> excluded) {
    Instant now = clock.instant();
    return jdbc.sql(
            """
            with running as (
              select s.batch_id, s.passed, b.priority
              from shares s join batches b on b.id = s.batch_id
              where s.route = :route and s.queued > 0 and %s
              order by s.passed, s.batch_id limit :limit),
            candidates as (
              select t.id, t.batch_id, t.line_no, t.size, r.passed +
                (sum(t.tokens) over (partition by t.batch_id order by t.line_no) - t.tokens)
                  / r.priority::double precision as start
              from running r cross join lateral (
                select id, batch_id, line_no, tokens, octet_length(body) as size from tasks
                where route = :route and batch_id = r.batch_id and state = 'queued'
                  and id <> all(:excluded::uuid[])
                order by line_no
                limit greatest(8, 4 * :limit / (select count(*) from running))) t),
            in_turn as (
              select id, row_number() over turns as place, sum(size) over turns - size as bytes_before
              from candidates window turns as (order by start, batch_id, line_no))
            select t.id, t.batch_id, t.custom_id, t.run, t.body, b.endpoint, b.traceparent,
              coalesce(t.deadline, b.expires_at) as deadline, t.tokens / b.priority::double precision as cost
            from tasks t join in_turn on in_turn.id = t.id join batches b on b.id = t.batch_id
            where place <= :limit and bytes_before < :bytes and t.state = 'queued'
            order by place
            for no key update of t skip locked"""
                .formatted(RUNS))
        .param("route", route)
        .param(
            "excluded",
            excluded.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}")))
        .param("limit", limit)
        .param("bytes", MAX_BYTES)
        .param("now", at(now))
        .query(
            (row, index) ->
                new Candidate(
                    message(row, route, now),
                    row.getObject("batch_id", UUID.class),
                    row.getDouble("cost")))
        .list();
  }

  /** Marks confirmed tasks as submitted, and adds their cost to the virtual time. */
  void markSubmitted(String route, Collection<Candidate> tasks) {
    mark(route, tasks.stream().map(Candidate::toSubmitted).toList());
  }

  /**
   * Marks tasks that are in the broker but still queued here: their publication was not recorded.
   *
   * @return the number of tasks that were marked
   */
  int reconcileSubmitted(String route, Collection<UUID> inQueue) {
    if (inQueue.isEmpty()) {
      return 0;
    }
    List<SubmittedTask> unmarked =
        jdbc.sql(
                """
                select t.id, t.batch_id, t.tokens / b.priority::double precision as cost
                from tasks t join batches b on b.id = t.batch_id
                where t.id in (:ids) and t.route = :route and t.state = 'queued'
                order by t.id for no key update of t""")
            .param("ids", inQueue)
            .param("route", route)
            .query(
                (row, index) ->
                    new SubmittedTask(
                        row.getObject("id", UUID.class),
                        row.getObject("batch_id", UUID.class),
                        row.getDouble("cost")))
            .list();
    if (!unmarked.isEmpty()) {
      mark(route, unmarked);
    }
    return unmarked.size();
  }

  private void mark(String route, Collection<SubmittedTask> tasks) {
    jdbc.sql("update tasks set state = 'submitted' where id in (:ids)")
        .param("ids", tasks.stream().map(SubmittedTask::id).toList())
        .update();
    Map<BatchRouteCounters.Key, BatchRouteCounters.Change> changes = new HashMap<>();
    for (SubmittedTask task : tasks) {
      changes.merge(
          new BatchRouteCounters.Key(task.batch(), route),
          new BatchRouteCounters.Change(-1, 1, task.cost()),
          BatchRouteCounters.Change::plus);
    }
    batchRouteCounters.change(changes);
    jdbc.sql("update feeds set published = published + :count where route = :route")
        .param("count", tasks.size())
        .param("route", route)
        .update();
  }

  /** The suspended batches that have tasks in the broker. */
  Map<UUID, Suspension> suspendedBatches(String route) {
    Map<UUID, Suspension> suspended = new HashMap<>();
    jdbc.sql(
            """
            select b.id, b.status = 'cancelling' as cancelled
            from shares s join batches b on b.id = s.batch_id
            where s.route = :route and s.submitted > 0 and %s"""
                .formatted(SUSPENDED))
        .param("route", route)
        .query(
            row -> {
              suspended.put(
                  row.getObject("id", UUID.class),
                  row.getBoolean("cancelled") ? Suspension.CANCELLED : Suspension.PAUSED);
            });
    return suspended;
  }

  /** Why a batch's tasks are withdrawn from the broker. */
  enum Suspension {
    CANCELLED,
    PAUSED
  }

  /** Returns withdrawn tasks of paused batches to the backlog; they are published again later. */
  void markQueued(String route, Collection<UUID> tasks) {
    Map<BatchRouteCounters.Key, BatchRouteCounters.Change> changes = new HashMap<>();
    jdbc.sql(
            """
            update tasks set state = 'queued' where id in (
              select id from tasks where id in (:ids) and state = 'submitted'
              order by id for no key update)
            returning batch_id""")
        .param("ids", tasks)
        .query((row, index) -> row.getObject("batch_id", UUID.class))
        .list()
        .forEach(
            batch ->
                changes.merge(
                    new BatchRouteCounters.Key(batch, route),
                    new BatchRouteCounters.Change(1, -1, 0),
                    BatchRouteCounters.Change::plus));
    batchRouteCounters.change(changes);
  }

  /** Locked queued tasks of one route, as the outcomes with which they end. */
  record UnsubmittedTasks(String route, List<OutcomeMessage> outcomes) {}

  /**
   * Locks some queued tasks of a cancelled or expired batch for this transaction. Skips the tasks
   * that the feed has locked; they are in the broker when its transaction commits.
   */
  UnsubmittedTasks lockUnsubmitted(Batches.PendingTermination pendingTermination) {
    String route =
        batchRouteCounters.routesWithQueuedTasks(pendingTermination.id()).stream()
            .findFirst()
            .orElse("");
    List<OutcomeMessage> outcomes =
        jdbc.sql(
                """
                with next as (
                  select id, line_no, sum(octet_length(body)) over (order by line_no)
                    - octet_length(body) as bytes_before
                  from (select id, line_no, body from tasks
                    where route = :route and batch_id = :batch and state = 'queued'
                    order by line_no limit :limit) candidates)
                select t.id, t.batch_id, t.custom_id, t.run, t.body, b.endpoint
                from tasks t join next on next.id = t.id join batches b on b.id = t.batch_id
                where bytes_before < :bytes and t.state = 'queued'
                order by next.line_no
                for no key update of t skip locked""")
            .param("route", route)
            .param("batch", pendingTermination.id().uuid())
            .param("limit", MAX_TERMINATED_AT_ONCE)
            .param("bytes", MAX_BYTES)
            .query((row, index) -> outcome(row, route, pendingTermination.kind()))
            .list();
    return new UnsubmittedTasks(route, outcomes);
  }

  private static OutcomeMessage outcome(ResultSet row, String route, OutcomeKind kind)
      throws SQLException {
    TaskIds ids = ids(row, route, /* traceparent= */ null);
    CallStats stats = CallStats.none(0, 0, QueueWithdrawal.WORKER_NAME);
    Payload request = Payload.of(row.getBytes("body"));
    return kind == OutcomeKind.CANCELLED
        ? OutcomeMessage.cancelled(ids, stats, request)
        : OutcomeMessage.expired(ids, stats, request);
  }

  /**
   * Marks tasks as ended, and counts them in their batch.
   *
   * @return whether all tasks of the batch have ended
   */
  boolean markEnded(
      Batches.PendingTermination pendingTermination, String route, Set<String> tasks) {
    if (tasks.isEmpty()) {
      return false;
    }
    int count = tasks.size();
    int failed = markFailed(pendingTermination, tasks);
    jdbc.sql(
            """
            update tasks set state = :state, finished_at = :now
            where id in (:ids) and state = 'queued'""")
        .param("state", pendingTermination.kind().wireName())
        .param("ids", tasks.stream().map(UUID::fromString).toList())
        .param("now", at(clock.instant()))
        .update();
    batchRouteCounters.change(
        Map.of(
            new BatchRouteCounters.Key(pendingTermination.id().uuid(), route),
            new BatchRouteCounters.Change(-count, 0, 0)));
    boolean isCancelled = pendingTermination.kind() == OutcomeKind.CANCELLED;
    return batches.addOutcomes(
        pendingTermination.id(),
        isCancelled
            ? OutcomeCounts.ofCancelled(count)
            : OutcomeCounts.ofExpired(count - failed).plus(OutcomeCounts.ofFailed(failed)));
  }

  /** A replay that expires counts as failed, as in its outcome. */
  private int markFailed(Batches.PendingTermination pendingTermination, Set<String> tasks) {
    return pendingTermination.kind() == OutcomeKind.CANCELLED
        ? 0
        : jdbc.sql(
                """
                update tasks set state = 'failed', failure_code = :code, failure_detail = :detail,
                  finished_at = :now
                where id in (:ids) and run > 1""")
            .param("code", FailureCode.DEADLINE_EXCEEDED.wireName())
            .param("detail", OutcomeMessage.OUT_OF_TIME)
            .param("ids", tasks.stream().map(UUID::fromString).toList())
            .param("now", at(clock.instant()))
            .update();
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static TaskMessage message(ResultSet row, String route, Instant now) throws SQLException {
    return TaskMessage.first(
        ids(row, route, row.getString("traceparent")),
        now,
        row.getTimestamp("deadline").toInstant(),
        Payload.of(row.getBytes("body")));
  }

  private static TaskIds ids(ResultSet row, String route, @Nullable String traceparent)
      throws SQLException {
    return new TaskIds(
        row.getString("id"),
        new BatchId(row.getObject("batch_id", UUID.class)).toString(),
        row.getString("endpoint"),
        route,
        Lane.BATCH,
        row.getString("custom_id"),
        traceparent,
        row.getInt("run"));
  }
}
