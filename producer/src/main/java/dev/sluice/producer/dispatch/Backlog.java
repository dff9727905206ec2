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
 * The tasks that wait in PostgreSQL for their turn.
 *
 * <p>Whose turn it is, is start-time fair queueing: each batch has a clock that runs by the tokens
 * taken of it, divided by its priority, and the task whose batch's clock shows least is next. A new
 * batch's clock starts where the others are.
 */
@Repository
class Backlog {
  /** So that many large requests together do not fill the memory. */
  private static final long MOST_BYTES = 32L * 1024 * 1024;

  /** So that a cancelled million holds no lock for long. */
  private static final int MOST_ENDED_AT_ONCE = 2_000;

  /** What waits of a batch at rest was replayed, and has a deadline of its own. */
  private static final String RUNS =
      """
      (b.status in ('completed', 'expired')
        or (b.status = 'in_progress' and b.paused_at is null and b.expires_at > :now))""";

  private static final String HALTED =
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
   * What there is of a route.
   *
   * @param queued tasks that wait here, of all batches
   * @param inBroker tasks in the broker or with a worker
   * @param ready whether a running batch has some that wait here
   * @param halted whether some in the broker are of batches that were cancelled or paused
   */
  record RouteBacklog(long queued, int inBroker, boolean ready, boolean halted) {}

  RouteBacklog standing(String route) {
    return jdbc.sql(
            """
            select coalesce(sum(s.queued), 0) as queued, coalesce(sum(s.submitted), 0) as in_broker,
              coalesce(bool_or(s.queued > 0 and %s), false) as ready,
              coalesce(bool_or(s.submitted > 0 and %s), false) as halted
            from shares s join batches b on b.id = s.batch_id
            where s.route = :route and (s.queued > 0 or s.submitted > 0)"""
                .formatted(RUNS, HALTED))
        .param("route", route)
        .param("now", at(clock.instant()))
        .query(
            (row, index) ->
                new RouteBacklog(
                    row.getLong("queued"),
                    row.getInt("in_broker"),
                    row.getBoolean("ready"),
                    row.getBoolean("halted")))
        .single();
  }

  /**
   * Takes the route for this transaction, if no other producer has it.
   *
   * @return how many of its tasks were ever published, by all producers
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
   * A task whose turn it is.
   *
   * @param cost by how much its batch's clock moves
   */
  record Candidate(TaskMessage message, UUID batch, double cost) {
    SubmittedTask fed() {
      return new SubmittedTask(UUID.fromString(message.ids().taskId()), batch, cost);
    }
  }

  /** What is to be marked of a task that the broker has. */
  record SubmittedTask(UUID id, UUID batch, double cost) {}

  /**
   * The next tasks of the route, locked for this transaction.
   *
   * @param but not these
   */
  List<Candidate> selectNext(String route, int limit, Collection<UUID> but) {
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
                  and id <> all(:but::uuid[])
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
        .param("but", but.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}")))
        .param("limit", limit)
        .param("bytes", MOST_BYTES)
        .param("now", at(now))
        .query(
            (row, index) ->
                new Candidate(
                    message(row, route, now),
                    row.getObject("batch_id", UUID.class),
                    row.getDouble("cost")))
        .list();
  }

  /** The broker has these: they are marked, and their batches' clocks move. */
  void markSubmitted(String route, Collection<Candidate> tasks) {
    mark(route, tasks.stream().map(Candidate::fed).toList());
  }

  /**
   * Marks those that were found in the broker and still wait here: published, but not known to be.
   *
   * @return how many they were
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

  /** The batches of which the broker has tasks that are not to be called now. */
  Map<UUID, Suspension> halted(String route) {
    Map<UUID, Suspension> halted = new HashMap<>();
    jdbc.sql(
            """
            select b.id, b.status = 'cancelling' as cancelled
            from shares s join batches b on b.id = s.batch_id
            where s.route = :route and s.submitted > 0 and %s"""
                .formatted(HALTED))
        .param("route", route)
        .query(
            row -> {
              halted.put(
                  row.getObject("id", UUID.class),
                  row.getBoolean("cancelled") ? Suspension.CANCELLED : Suspension.PAUSED);
            });
    return halted;
  }

  /** Why a batch's tasks come back out of the broker. */
  enum Suspension {
    CANCELLED,
    PAUSED
  }

  /** Tasks of paused batches that are back here: they are published again later. */
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

  /** Tasks of one route that end here, each with its outcome. */
  record UnsubmittedTasks(String route, List<OutcomeMessage> outcomes) {}

  /**
   * Some of the tasks that wait here of a batch that is at its end, locked for this transaction.
   * What the feed has in its hands is passed over: it is in the broker a moment later.
   */
  UnsubmittedTasks lockUnsubmitted(Batches.PendingTermination pendingTermination) {
    String route =
        batchRouteCounters.waitingFor(pendingTermination.id()).stream().findFirst().orElse("");
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
            .param("limit", MOST_ENDED_AT_ONCE)
            .param("bytes", MOST_BYTES)
            .query((row, index) -> outcome(row, route, pendingTermination.kind()))
            .list();
    return new UnsubmittedTasks(route, outcomes);
  }

  private static OutcomeMessage outcome(ResultSet row, String route, OutcomeKind kind)
      throws SQLException {
    TaskIds ids = ids(row, route, /* traceparent= */ null);
    CallStats facts = CallStats.none(0, 0, QueueWithdrawal.WHO);
    Payload request = Payload.of(row.getBytes("body"));
    return kind == OutcomeKind.CANCELLED
        ? OutcomeMessage.cancelled(ids, facts, request)
        : OutcomeMessage.expired(ids, facts, request);
  }

  /**
   * These ended, and their batch counts them.
   *
   * @return whether nothing of the batch is left to wait for
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

  /** Replays whose time is over have failed, as their outcomes say. */
  private int markFailed(Batches.PendingTermination pendingTermination, Set<String> tasks) {
    return pendingTermination.kind() == OutcomeKind.CANCELLED
        ? 0
        : jdbc.sql(
                """
                update tasks set state = 'failed', failure_code = :code, failure_detail = :detail,
                  finished_at = :now
                where id in (:ids) and run > 1""")
            .param("code", FailureCode.DEADLINE_EXCEEDED.wireName())
            .param("detail", OutcomeMessage.DEADLINE_PASSED)
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
