package dev.sluice.producer.store;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Finds the batches that were cancelled or have expired, and terminates their queued tasks.
 *
 * <p>Reads tasks by ranges of line numbers and changes them by id, so that no query plan can read
 * more than the range. {@code state || ''} prevents a plan with the index of all queued tasks,
 * which the planner may estimate to be nearly empty.
 */
@Repository
public class BatchTermination {
  /** An update of this size holds the lock of the batch for about 100 ms. */
  private static final int LINES_PER_TRANSACTION = 2_000;

  private static final String QUEUED = Transitions.TERMINATE.from("state || ''");

  private static final long MAX_BYTES = 8L * 1024 * 1024;

  /** The worker's name in the outcome of a task that no worker received. */
  public static final String WORKER_NAME = "producer";

  private final JdbcClient jdbc;
  private final BatchLocks locks;
  private final BatchCounters counters;
  private final BatchRouteCounters batchRouteCounters;
  private final Clock clock;

  BatchTermination(
      JdbcClient jdbc,
      BatchLocks locks,
      BatchCounters counters,
      BatchRouteCounters batchRouteCounters,
      Clock clock) {
    this.jdbc = jdbc;
    this.locks = locks;
    this.counters = counters;
    this.batchRouteCounters = batchRouteCounters;
    this.clock = clock;
  }

  /** A cancelled or expired batch with queued or blocked tasks, which will not be called. */
  public record PendingTermination(BatchId id, BatchStatus status) {
    /** The outcome of those tasks. */
    OutcomeKind kind() {
      return status == BatchStatus.CANCELLING ? OutcomeKind.CANCELLED : OutcomeKind.EXPIRED;
    }
  }

  /** The cancelled batches, and those whose completion window has passed, with queued tasks. */
  public List<PendingTermination> pending() {
    return jdbc.sql(
            """
            select id, status from batches b
            where (status = 'cancelling' or (status = 'in_progress' and expires_at <= :now))
              and exists (select from shares s where s.batch_id = b.id
                and (s.queued > 0 or s.blocked > 0))\
            """)
        .param("now", SqlValues.now(clock))
        .query(
            (row, index) ->
                new PendingTermination(
                    new BatchId(row.getObject("id", UUID.class)),
                    BatchStatus.fromWire(row.getString("status"))))
        .list();
  }

  /**
   * The outcomes of the tasks in a range of lines.
   *
   * @param upTo the last line number
   * @param last whether the range contains the last line of the batch
   */
  public record LineRange(List<OutcomeMessage> outcomes, long upTo, boolean last) {}

  /**
   * The tasks of the next range of lines. Skips the tasks that the dispatcher has locked; they are
   * submitted when its transaction commits.
   *
   * @param after the last line number of the previous range, or 0
   */
  @Transactional
  public LineRange next(PendingTermination pendingTermination, long after) {
    record Line(UUID id, long line, long size) {}
    List<Line> lines =
        jdbc.sql(
                """
                select id, line_no as line, octet_length(body) as size from tasks
                where batch_id = :batch and line_no > :after and line_no <= :upTo
                  and %s
                order by line_no\
                """
                    .formatted(QUEUED))
            .param("batch", pendingTermination.id().uuid())
            .param("after", after)
            .param("upTo", after + LINES_PER_TRANSACTION)
            .query(SqlValues.rows(Line.class))
            .list();
    List<Line> next = ByteLimit.first(lines, Line::size, MAX_BYTES);
    List<OutcomeMessage> outcomes = lock(pendingTermination, next.stream().map(Line::id).toList());
    if (next.size() < lines.size()) {
      return new LineRange(outcomes, lines.get(next.size()).line() - 1, false);
    }
    long upTo = after + LINES_PER_TRANSACTION;
    return new LineRange(
        outcomes, upTo, upTo >= TaskLines.last(jdbc, pendingTermination.id().uuid()));
  }

  private List<OutcomeMessage> lock(PendingTermination pendingTermination, List<UUID> ids) {
    return ids.isEmpty()
        ? List.of()
        : jdbc.sql(
                """
                select t.id, t.batch_id, t.custom_id, t.run, t.recoveries, t.route, t.body,
                  (select endpoint from batches where id = :batch) as endpoint
                from tasks t where t.id = any(:ids::uuid[]) and t.%s
                for no key update of t skip locked\
                """
                    .formatted(QUEUED))
            .param("batch", pendingTermination.id().uuid())
            .param("ids", SqlValues.array(ids))
            .query((row, index) -> outcome(row, pendingTermination.kind()))
            .list();
  }

  private static OutcomeMessage outcome(ResultSet row, OutcomeKind kind) throws SQLException {
    TaskIds ids =
        new TaskIds(
            row.getString("id"),
            new BatchId(row.getObject("batch_id", UUID.class)).toString(),
            row.getString("endpoint"),
            row.getString("route"),
            Lane.BATCH,
            row.getString("custom_id"),
            null,
            row.getInt("run"),
            row.getInt("recoveries"));
    CallStats stats = CallStats.none(0, 0, WORKER_NAME);
    Payload request = Payload.of(row.getBytes("body"));
    return kind == OutcomeKind.CANCELLED
        ? OutcomeMessage.cancelled(ids, stats, request)
        : OutcomeMessage.expired(ids, stats, request);
  }

  /**
   * Marks tasks as finished after their outcomes are published, and counts them in their batch.
   * Skips tasks whose outcomes the collector has already stored.
   *
   * @return whether all tasks of the batch have finished
   */
  @Transactional
  public boolean markEnded(PendingTermination pendingTermination, Set<String> tasks) {
    if (tasks.isEmpty()) {
      return false;
    }
    LockedBatches locked = lockAsExpired(pendingTermination);
    Map<BatchRouteCounters.Key, BatchRouteCounters.Change> changes = new HashMap<>();
    Map<String, Long> blocked = new TreeMap<>();
    List<UUID> notMade = new ArrayList<>();
    List<OutcomeCounts> counts = new ArrayList<>();
    // A replay that expires counts as failed, as in its outcome. A task that has an answer keeps
    // it.
    jdbc.sql(
            """
            with waiting as (
              select id, state from tasks where id = any(:ids::uuid[]) and %2$s
              order by id for no key update)
            update tasks t set
              finished_at = case when reply is null then :now else finished_at end,
              state = case when reply is not null then %3$s
                when run - 1 > recoveries and :expires then %1$s else :state end,
              failure_code = case
                when run - 1 > recoveries and :expires then :code
                when reply is not null then :state else failure_code end,
              failure_detail = case
                when run - 1 > recoveries and :expires then :detail else failure_detail end
            from waiting w where t.id = w.id
            returning t.id, t.route, t.state, t.cut_off, w.state = 'blocked' as blocked"""
                .formatted(
                    Transitions.TERMINATE.to(TaskState.FAILED),
                    QUEUED,
                    Transitions.TERMINATE.to(TaskState.COMPLETED)))
        .param("now", SqlValues.now(clock))
        .param("expires", pendingTermination.kind() == OutcomeKind.EXPIRED)
        .param(
            "state",
            Transitions.TERMINATE.require(TaskState.of(pendingTermination.kind())).wireName())
        .param("code", FailureCode.DEADLINE_EXCEEDED.wireName())
        .param("detail", OutcomeMessage.DEADLINE_PASSED)
        .param("ids", SqlValues.array(tasks))
        .query(
            row -> {
              if (row.getBoolean("blocked")) {
                blocked.merge(row.getString("route"), 1L, Long::sum);
                notMade.add(row.getObject("id", UUID.class));
              } else {
                changes.merge(
                    new BatchRouteCounters.Key(
                        pendingTermination.id().uuid(), row.getString("route")),
                    new BatchRouteCounters.Change(-1, 0, 0),
                    BatchRouteCounters.Change::plus);
              }
              OutcomeKind kind = OutcomeKind.fromWire(row.getString("state")).orElseThrow();
              counts.add(
                  kind == OutcomeKind.COMPLETED
                      ? OutcomeCounts.ofKept(row.getBoolean("cut_off"))
                      : OutcomeCounts.ofUncalled(kind));
            });
    if (counts.isEmpty()) {
      return false;
    }
    PartialAnswers.keepMissing(jdbc, notMade);
    batchRouteCounters.change(locked, changes);
    blocked.forEach(
        (route, count) ->
            batchRouteCounters.removeBlocked(
                pendingTermination.id(), route, count, /* queued= */ 0));
    return counters.addOutcomes(
        locked,
        pendingTermination.id(),
        counts.stream().reduce(OutcomeCounts.NONE, OutcomeCounts::plus));
  }

  /** Locks the batch, and marks it as expired if it was not cancelled. */
  private LockedBatches lockAsExpired(PendingTermination pendingTermination) {
    LockedBatches locked = locks.lock(List.of(pendingTermination.id().uuid()));
    jdbc.sql(
            """
            update batches set expired_at = coalesce(expired_at, :now)
            where id = :id and status = 'in_progress'\
            """)
        .param("id", pendingTermination.id().uuid())
        .param("now", SqlValues.now(clock))
        .update();
    return locked;
  }
}
