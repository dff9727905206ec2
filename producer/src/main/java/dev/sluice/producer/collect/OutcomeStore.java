package dev.sluice.producer.collect;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.batch.BatchRouteCounters;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.batch.OutcomeCounts;
import dev.sluice.producer.cost.Costs;
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
 * Writes outcomes to their tasks, and counts in the same transaction what really changed: an
 * outcome that comes twice changes nothing the second time.
 */
@Repository
class OutcomeStore {
  private static final String END =
      """
      update tasks set state = ?, attempts = ?, throttles = ?, status_code = ?, request_id = ?,
        reply = ?, failure_code = ?, failure_detail = ?, prompt_tokens = ?, completion_tokens = ?,
        latency_ms = ?, worker = ?, history = ?, finished_at = ?
      where id = ?""";

  private static final long MOST_TOKENS = 1_000_000_000_000L;

  private final JdbcClient jdbc;
  private final JdbcOperations bulk;
  private final Batches batches;
  private final BatchRouteCounters batchRouteCounters;
  private final Costs costs;
  private final Clock clock;

  OutcomeStore(
      JdbcClient jdbc,
      JdbcOperations bulk,
      Batches batches,
      BatchRouteCounters batchRouteCounters,
      Costs costs,
      Clock clock) {
    this.jdbc = jdbc;
    this.bulk = bulk;
    this.batches = batches;
    this.batchRouteCounters = batchRouteCounters;
    this.costs = costs;
    this.clock = clock;
  }

  /** The batches that ended with these outcomes, how many were news, and what those took. */
  record StoredOutcome(int changed, List<BatchId> ended, Map<Costs.Key, Costs.Usage> taken) {}

  @Transactional
  public StoredOutcome store(Map<UUID, OutcomeMessage> outcomes) {
    Map<UUID, UUID> batchOf = batchesOf(outcomes);
    if (batchOf.isEmpty()) {
      return new StoredOutcome(0, List.of(), Map.of());
    }
    batches.lock(Set.copyOf(batchOf.values()));
    List<OpenTask> open = openTasks(batchOf.keySet());
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    List<@Nullable Object[]> rows = new ArrayList<>();
    Map<UUID, OutcomeCounts> ends = new TreeMap<>();
    Map<BatchRouteCounters.Key, BatchRouteCounters.Change> left = new HashMap<>();
    Map<Costs.Key, Costs.Usage> taken = new HashMap<>();
    int changed = 0;
    for (OpenTask task : open) {
      OutcomeMessage outcome = Objects.requireNonNull(outcomes.get(task.id()));
      if (outcome.ids().run() < task.run()) {
        continue; // a late copy of what was replayed since
      }
      changed++;
      rows.add(row(task.id(), outcome, now));
      ends.merge(task.batch(), ends(outcome), OutcomeCounts::plus);
      taken.merge(task.use(), taken(outcome), Costs.Usage::plus);
      left.merge(
          new BatchRouteCounters.Key(task.batch(), task.route()),
          task.leaves(),
          BatchRouteCounters.Change::plus);
    }
    bulk.batchUpdate(END, rows);
    batchRouteCounters.change(left);
    List<BatchId> ended = new ArrayList<>();
    ends.forEach(
        (batch, sum) -> {
          BatchId id = new BatchId(batch);
          if (batches.addOutcomes(id, sum)) {
            ended.add(id);
          }
        });
    costs.add(taken);
    return new StoredOutcome(changed, ended, taken);
  }

  /** A task that has not ended. */
  private record OpenTask(
      UUID id, UUID batch, String route, String model, int run, boolean queued) {
    Costs.Key use() {
      return new Costs.Key(batch, route, model);
    }

    /**
     * What its share has fewer when it ends; one that is queued still was published all the same.
     */
    BatchRouteCounters.Change leaves() {
      return queued
          ? new BatchRouteCounters.Change(-1, 0, 0)
          : new BatchRouteCounters.Change(0, -1, 0);
    }
  }

  /** The batch of each task that is to end. */
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
              if (!row.getBoolean("queued") || !isOfTheTerminator(outcome)) {
                batchOf.put(id, row.getObject("batch_id", UUID.class));
              }
            });
    return batchOf;
  }

  /** Whoever published it ends the task in the same step, or publishes it again. */
  private static boolean isOfTheTerminator(OutcomeMessage outcome) {
    return outcome.kind() != OutcomeKind.COMPLETED
        && outcome.stats().attempts() == 0
        && outcome.stats().worker().equals(Batches.PendingTermination.SIGNATURE);
  }

  /**
   * Locks them; the feed may hold one that it has just published, and has marked a moment later.
   */
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
    CallStats facts = outcome.stats();
    Failure failure = outcome.failure();
    return new @Nullable Object[] {
      outcome.kind().wireName(),
      facts.attempts(),
      facts.throttles(),
      facts.statusCode(),
      text(facts.requestId()),
      outcome.kind() == OutcomeKind.COMPLETED ? outcome.body().bytes() : null,
      failure == null ? null : text(failure.code()),
      failure == null ? null : text(failure.detail()),
      tokens(facts.promptTokens()),
      tokens(facts.completionTokens()),
      facts.latency().toMillis(),
      text(facts.worker()),
      facts.history().attempts().isEmpty() ? null : text(facts.history().json()),
      now,
      task
    };
  }

  /** A provider's nonsense must not carry a batch's sum over the edge. */
  private static long tokens(long told) {
    return Math.clamp(told, 0, MOST_TOKENS);
  }

  /** PostgreSQL's text has no NUL. */
  private static @Nullable String text(@Nullable String value) {
    return value == null ? null : value.replace("\0", "");
  }

  private static Costs.Usage taken(OutcomeMessage outcome) {
    CallStats facts = outcome.stats();
    return new Costs.Usage(1, tokens(facts.promptTokens()), tokens(facts.completionTokens()));
  }

  private static OutcomeCounts ends(OutcomeMessage outcome) {
    CallStats facts = outcome.stats();
    OutcomeKind kind = outcome.kind();
    return new OutcomeCounts(
        kind == OutcomeKind.COMPLETED ? 1 : 0,
        kind == OutcomeKind.FAILED ? 1 : 0,
        kind == OutcomeKind.EXPIRED ? 1 : 0,
        kind == OutcomeKind.CANCELLED ? 1 : 0,
        facts.attempts(),
        facts.throttles(),
        tokens(facts.promptTokens()),
        tokens(facts.completionTokens()));
  }
}
