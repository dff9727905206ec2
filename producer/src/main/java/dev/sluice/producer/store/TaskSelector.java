package dev.sluice.producer.store;

import dev.sluice.common.wire.AnswerRules;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskTier;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.infrastructure.memory.HeapLimit;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Selects the queued tasks to publish next, by hierarchical start-time fair queueing.
 *
 * <p>Each project has a virtual time per route: the tokens of its submitted tasks. Each batch has
 * one too: the tokens of its submitted tasks, divided by its priority. The next task is that of the
 * project with the lowest virtual time, and within it of the batch with the lowest virtual time. A
 * project or batch without queued tasks collects no credit: it starts at the minimum of the others.
 */
@Repository
class TaskSelector {
  /** Limits the memory for the requests of one publish; all routes may publish at the same time. */
  private static final long MAX_BYTES = 32L * 1024 * 1024;

  private static final int HEAP_DIVISOR = 8;

  /** Selects more candidates than the limit: some are locked, and batches differ in size. */
  private static final int CANDIDATES_PER_TASK = 4;

  private static final int MIN_CANDIDATES_PER_BATCH = 8;

  /** Queued tasks of a finished batch are replays. They have their own deadline. */
  static final String DISPATCHABLE =
      """
      (b.status in ('completed', 'expired')
        or (b.status = 'in_progress' and b.paused_at is null and b.expires_at > :now))\
      """;

  private final JdbcClient jdbc;
  private final ProjectVirtualTimes projectVirtualTimes;
  private final Clock clock;
  private final long maxBytes;
  private final FirstQueuedLineCache firstQueuedLines = new FirstQueuedLineCache(System::nanoTime);

  TaskSelector(
      JdbcClient jdbc, ProjectVirtualTimes projectVirtualTimes, Routes routes, Clock clock) {
    this.jdbc = jdbc;
    this.projectVirtualTimes = projectVirtualTimes;
    this.clock = clock;
    this.maxBytes =
        Math.min(MAX_BYTES, HeapLimit.fraction(HEAP_DIVISOR).bytes() / routes.all().size());
  }

  /** A task that may be published next. */
  record Candidate(TaskMessage message, SubmittedTask toSubmitted) {
    UUID batch() {
      return toSubmitted.batch();
    }
  }

  /**
   * A task that is being published.
   *
   * @param tokens what it adds to the virtual time of its project
   * @param cost its tokens divided by its batch's priority: what it adds to that of its batch
   */
  record SubmittedTask(UUID id, UUID batch, String project, long tokens, double cost) {}

  /** The next tasks of the route, locked for this transaction. */
  List<Candidate> selectNext(String route, int limit, Publications.Skipped skipped) {
    Instant now = clock.instant();
    Map<UUID, RunningBatch> running = running(route, limit, skipped, now);
    if (running.isEmpty()) {
      return List.of();
    }
    projectVirtualTimes.advance(
        route,
        running.values().stream()
            .mapToDouble(batch -> batch.inQueue().projectVirtualTime())
            .min()
            .orElseThrow());
    int each = Math.max(MIN_CANDIDATES_PER_BATCH, CANDIDATES_PER_TASK * limit / running.size());
    List<UUID> chosen =
        FairQueue.choose(candidates(route, running.values(), each), limit, maxBytes);
    List<Candidate> locked = lock(route, chosen, running, now);
    // If a batch was cancelled since then, BatchTerminator terminates its tasks, except the locked
    // ones.
    Set<UUID> stillRunning =
        stillRunning(locked.stream().map(Candidate::batch).collect(Collectors.toSet()), now);
    Map<UUID, Candidate> byId = new HashMap<>();
    locked.stream()
        .filter(candidate -> stillRunning.contains(candidate.batch()))
        .forEach(candidate -> byId.put(candidate.toSubmitted().id(), candidate));
    return chosen.stream().map(byId::get).filter(Objects::nonNull).toList();
  }

  /** A batch with queued tasks of the route that may be called. */
  private record RunningBatch(
      FairQueue.QueuedBatch inQueue,
      String endpoint,
      @Nullable String traceparent,
      Instant expires,
      AnswerRules answerRules,
      TaskTier tier) {
    UUID id() {
      return inQueue.id();
    }
  }

  /**
   * The first batch of each project comes before the second of any, so that no project is left out.
   */
  private Map<UUID, RunningBatch> running(
      String route, int limit, Publications.Skipped skipped, Instant now) {
    Map<UUID, RunningBatch> running = new LinkedHashMap<>();
    jdbc.sql(
            """
            select b.id, b.project, b.priority, b.endpoint, b.traceparent, b.expires_at,
              b.fail_cut_off, b.check_schema, b.check_re_ask, b.tier, s.passed,
              greatest(coalesce(p.passed, 0), f.virtual_time) as project_passed,
              row_number() over (partition by b.project order by s.passed, b.id) as place
            from shares s join batches b on b.id = s.batch_id join feeds f on f.route = s.route
              left join project_shares p on p.project = b.project and p.route = s.route
            where s.route = :route and s.queued > 0 and b.id <> all(:skipped::uuid[])
              and b.project <> all(:skippedProjects::text[]) and %s
            order by place, project_passed, b.project limit :limit\
            """
                .formatted(DISPATCHABLE))
        .param("route", route)
        .param("limit", limit)
        .param("skipped", SqlValues.array(skipped.batches()))
        .param("skippedProjects", skipped.projects().toArray(String[]::new))
        .param("now", SqlValues.at(now))
        .query(
            row -> {
              UUID id = row.getObject("id", UUID.class);
              running.put(
                  id,
                  new RunningBatch(
                      new FairQueue.QueuedBatch(
                          id,
                          row.getString("project"),
                          row.getDouble("project_passed"),
                          row.getDouble("passed"),
                          row.getInt("priority")),
                      row.getString("endpoint"),
                      row.getString("traceparent"),
                      row.getTimestamp("expires_at").toInstant(),
                      answerRules(row),
                      TaskTier.of(BatchRowMapper.tier(row))));
            });
    return running;
  }

  private static AnswerRules answerRules(ResultSet row) throws SQLException {
    return new AnswerRules(row.getBoolean("fail_cut_off"), BatchRowMapper.check(row));
  }

  private List<FairQueue.Entry> candidates(
      String route, Collection<RunningBatch> running, int each) {
    Map<UUID, List<FairQueue.QueuedTask>> tasks = new HashMap<>();
    jdbc.sql(
            """
            select t.id, r.batch_id, t.line_no, t.tokens, t.size
            from unnest(:batches::uuid[], :first::bigint[]) as r (batch_id, first_line)
            cross join lateral (
              select id, line_no, tokens, octet_length(body) as size from tasks
              where route = :route and batch_id = r.batch_id and state = 'queued'
                and line_no >= r.first_line
              order by line_no limit :each) t\
            """)
        .param("batches", SqlValues.array(running.stream().map(RunningBatch::id).toList()))
        .param(
            "first",
            SqlValues.array(
                running.stream()
                    .map(batch -> firstQueuedLines.firstLine(route, batch.id()))
                    .toList()))
        .param("route", route)
        .param("each", each)
        .query(
            row -> {
              tasks
                  .computeIfAbsent(row.getObject("batch_id", UUID.class), id -> new ArrayList<>())
                  .add(
                      new FairQueue.QueuedTask(
                          row.getObject("id", UUID.class),
                          row.getLong("line_no"),
                          row.getLong("tokens"),
                          row.getLong("size")));
            });
    List<FairQueue.Entry> all = new ArrayList<>();
    for (RunningBatch batch : running) {
      List<FairQueue.QueuedTask> own = tasks.getOrDefault(batch.id(), List.of());
      firstQueuedLines.update(
          route, batch.id(), own.stream().mapToLong(FairQueue.QueuedTask::line).min());
      all.addAll(FairQueue.candidates(batch.inQueue(), own));
    }
    return all;
  }

  /** Locks by id. {@code state || ''} prevents a plan with the index of all queued tasks. */
  private List<Candidate> lock(
      String route, List<UUID> tasks, Map<UUID, RunningBatch> running, Instant now) {
    return jdbc.sql(
            """
            select id, batch_id, custom_id, run, recoveries, body, deadline, tokens from tasks
            where id = any(:ids::uuid[]) and %s
            for no key update skip locked\
            """
                .formatted(Transitions.SUBMIT.from("state || ''")))
        .param("ids", SqlValues.array(tasks))
        .query(
            (row, index) -> {
              RunningBatch batch =
                  Objects.requireNonNull(running.get(row.getObject("batch_id", UUID.class)));
              FairQueue.QueuedBatch inQueue = batch.inQueue();
              long tokens = row.getLong("tokens");
              return new Candidate(
                  message(row, route, batch, now),
                  new SubmittedTask(
                      row.getObject("id", UUID.class),
                      inQueue.id(),
                      inQueue.project(),
                      tokens,
                      (double) tokens / inQueue.priority()));
            })
        .list();
  }

  private Set<UUID> stillRunning(Collection<UUID> batches, Instant now) {
    return Set.copyOf(
        jdbc.sql("select id from batches b where id = any(:ids::uuid[]) and " + DISPATCHABLE)
            .param("ids", SqlValues.array(batches))
            .param("now", SqlValues.at(now))
            .query(UUID.class)
            .list());
  }

  private static TaskMessage message(ResultSet row, String route, RunningBatch batch, Instant now)
      throws SQLException {
    Timestamp deadline = row.getTimestamp("deadline");
    TaskIds ids =
        new TaskIds(
            row.getString("id"),
            new BatchId(batch.id()).toString(),
            batch.endpoint(),
            route,
            Lane.BATCH,
            row.getString("custom_id"),
            batch.traceparent(),
            row.getInt("run"),
            row.getInt("recoveries"));
    return TaskMessage.first(
            ids,
            now,
            deadline == null ? batch.expires() : deadline.toInstant(),
            Payload.of(row.getBytes("body")))
        .withProject(batch.inQueue().project())
        .withTier(batch.tier())
        .withAnswerRules(batch.answerRules());
  }
}
