package dev.sluice.producer.dispatch.collect;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.batch.BatchRouteCounters;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.batch.OutcomeCounts;
import dev.sluice.producer.batch.StopConditions;
import dev.sluice.producer.batch.cost.Costs;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes outcomes to their tasks, and counts the changed tasks in the same transaction. A duplicate
 * outcome changes nothing.
 */
@Repository
class OutcomeStore {
  private static final String END_TASK =
      """
      update tasks set state = ?, attempts = ?, throttles = ?, status_code = ?, request_id = ?,
        reply = ?, failure_code = ?, failure_detail = ?, prompt_tokens = ?, completion_tokens = ?,
        cut_off = ?, asks = ?, accepted = false, latency_ms = ?, worker = ?, history = ?, finished_at = ?
      where id = ?""";

  private static final long MAX_TOKENS = 1_000_000_000_000L;

  private final JdbcClient jdbc;
  private final JdbcOperations bulk;
  private final Batches batches;
  private final StopConditions stopConditions;
  private final BatchRouteCounters batchRouteCounters;
  private final Costs costs;
  private final Clock clock;

  OutcomeStore(
      JdbcClient jdbc,
      JdbcOperations bulk,
      Batches batches,
      StopConditions stopConditions,
      BatchRouteCounters batchRouteCounters,
      Costs costs,
      Clock clock) {
    this.jdbc = jdbc;
    this.bulk = bulk;
    this.batches = batches;
    this.stopConditions = stopConditions;
    this.batchRouteCounters = batchRouteCounters;
    this.costs = costs;
    this.clock = clock;
  }

  /**
   * The result of storing outcomes.
   *
   * @param changed the number of tasks that ended with it
   * @param ended the batches whose last task ended with it
   * @param stopped the batches that their stop condition has paused
   * @param usage the usage of the tasks that ended
   */
  record StoredOutcomes(
      int changed, List<BatchId> ended, List<BatchId> stopped, Map<Costs.Key, Costs.Usage> usage) {}

  /**
   * Stores the outcomes.
   *
   * @param outcomes by task id
   * @throws org.springframework.dao.DataAccessException if the database is unavailable or rejects a
   *     value
   */
  @Transactional
  public StoredOutcomes store(Map<UUID, OutcomeMessage> outcomes) {
    Map<UUID, UUID> batchOf = batchesOf(outcomes);
    if (batchOf.isEmpty()) {
      return new StoredOutcomes(0, List.of(), List.of(), Map.of());
    }
    batches.lock(Set.copyOf(batchOf.values()));
    List<OpenTask> open = openTasks(batchOf.keySet());
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    List<@Nullable Object[]> rows = new ArrayList<>();
    Map<UUID, OutcomeCounts> counts = new TreeMap<>();
    Map<BatchRouteCounters.Key, BatchRouteCounters.Change> changes = new HashMap<>();
    Map<Costs.Key, Costs.Usage> usage = new HashMap<>();
    int changed = 0;
    for (OpenTask task : open) {
      OutcomeMessage outcome = Objects.requireNonNull(outcomes.get(task.id()));
      if (outcome.ids().run() < task.run()) {
        continue; // a late duplicate of a run before the replay
      }
      changed++;
      rows.add(row(task.id(), outcome, now));
      counts.merge(task.batch(), counts(outcome), OutcomeCounts::plus);
      usage.merge(task.costKey(), usage(outcome), Costs.Usage::plus);
      changes.merge(
          new BatchRouteCounters.Key(task.batch(), task.route()),
          task.counterChange(),
          BatchRouteCounters.Change::plus);
    }
    bulk.batchUpdate(END_TASK, rows);
    batchRouteCounters.change(changes);
    List<BatchId> ended = new ArrayList<>();
    List<BatchId> stopped = new ArrayList<>();
    counts.forEach(
        (batch, sum) -> {
          BatchId id = new BatchId(batch);
          if (batches.addOutcomes(id, sum)) {
            ended.add(id);
          } else if (stopConditions.apply(id, sum)) {
            stopped.add(id);
          }
        });
    costs.add(usage);
    return new StoredOutcomes(changed, ended, stopped, usage);
  }

  /** A task that has not ended. */
  private record OpenTask(
      UUID id, UUID batch, String route, String model, int run, boolean queued) {
    Costs.Key costKey() {
      return new Costs.Key(batch, route, model);
    }

    /** A task that is queued again may have been received by a worker before. */
    BatchRouteCounters.Change counterChange() {
      return queued
          ? new BatchRouteCounters.Change(-1, 0, 0)
          : new BatchRouteCounters.Change(0, -1, 0);
    }
  }

  /** The batch of each task that has not ended, by task id. */
  private Map<UUID, UUID> batchesOf(Map<UUID, OutcomeMessage> outcomes) {
    Map<UUID, UUID> batchOf = new HashMap<>();
    jdbc.sql(
            """
            select id, batch_id, state = 'queued' as queued from tasks
            where id in (:ids) and state in ('queued', 'submitted')""")
        .param("ids", outcomes.keySet())
        .query(
            row -> {
              UUID id = row.getObject("id", UUID.class);
              OutcomeMessage outcome = Objects.requireNonNull(outcomes.get(id));
              if (!row.getBoolean("queued") || !isFromTerminator(outcome)) {
                batchOf.put(id, row.getObject("batch_id", UUID.class));
              }
            });
    return batchOf;
  }

  /** The terminator ends the task itself in the step that publishes this outcome, or retries. */
  private static boolean isFromTerminator(OutcomeMessage outcome) {
    return outcome.kind() != OutcomeKind.COMPLETED
        && outcome.stats().attempts() == 0
        && outcome.stats().worker().equals(Batches.PendingTermination.WORKER_NAME);
  }

  /** Locks the tasks that have not ended. */
  private List<OpenTask> openTasks(Collection<UUID> tasks) {
    return jdbc.sql(
            """
            select id, batch_id, route, model, run, state from tasks
            where id in (:ids) and state in ('queued', 'submitted')
            order by id for no key update""")
        .param("ids", tasks)
        .query(
            (row, index) ->
                new OpenTask(
                    row.getObject("id", UUID.class),
                    row.getObject("batch_id", UUID.class),
                    row.getString("route"),
                    row.getString("model"),
                    row.getInt("run"),
                    row.getString("state").equals("queued")))
        .list();
  }

  private static @Nullable Object[] row(UUID task, OutcomeMessage outcome, OffsetDateTime now) {
    CallStats stats = outcome.stats();
    Failure failure = outcome.failure();
    return new @Nullable Object[] {
      outcome.kind().wireName(),
      stats.attempts(),
      stats.throttles(),
      stats.statusCode(),
      text(stats.requestId()),
      outcome.kind() == OutcomeKind.COMPLETED ? outcome.body().bytes() : null,
      failure == null ? null : text(failure.code()),
      failure == null ? null : text(failure.detail()),
      tokens(stats.promptTokens()),
      tokens(stats.completionTokens()),
      outcome.cutOff(),
      outcome.check() == null ? null : outcome.check().asks(),
      stats.latency().toMillis(),
      text(stats.worker()),
      stats.history().attempts().isEmpty() ? null : text(stats.history().json()),
      now,
      task
    };
  }

  /** Clamps implausible token counts, so that the batch's {@code bigint} sum cannot overflow. */
  private static long tokens(long reported) {
    return Math.clamp(reported, 0, MAX_TOKENS);
  }

  /** PostgreSQL's type {@code text} cannot store NUL. */
  private static @Nullable String text(@Nullable String value) {
    return value == null ? null : value.replace("\0", "");
  }

  private static Costs.Usage usage(OutcomeMessage outcome) {
    CallStats stats = outcome.stats();
    return new Costs.Usage(1, tokens(stats.promptTokens()), tokens(stats.completionTokens()));
  }

  private static OutcomeCounts counts(OutcomeMessage outcome) {
    CallStats stats = outcome.stats();
    OutcomeKind kind = outcome.kind();
    return new OutcomeCounts(
        kind == OutcomeKind.COMPLETED ? 1 : 0,
        kind == OutcomeKind.FAILED ? 1 : 0,
        kind == OutcomeKind.EXPIRED ? 1 : 0,
        kind == OutcomeKind.CANCELLED ? 1 : 0,
        outcome.cutOff() ? 1 : 0,
        outcome.check() == null ? 0 : outcome.check().asks() - 1,
        stats.attempts(),
        stats.throttles(),
        tokens(stats.promptTokens()),
        tokens(stats.completionTokens()));
  }
}
