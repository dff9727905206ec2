package dev.sluice.producer.store;

import dev.sluice.producer.infrastructure.database.SqlValues;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The tasks that PostgreSQL records as submitted to the broker. */
@Repository
public class SubmittedTasks {
  private static final int MAX_TASKS = 10_000;
  private static final String TO_QUEUED = Transitions.REQUEUE.to(TaskState.QUEUED);

  private final JdbcClient jdbc;
  private final BatchRouteCounters batchRouteCounters;
  private final ProjectVirtualTimes projectVirtualTimes;
  private final Clock clock;

  SubmittedTasks(
      JdbcClient jdbc,
      BatchRouteCounters batchRouteCounters,
      ProjectVirtualTimes projectVirtualTimes,
      Clock clock) {
    this.jdbc = jdbc;
    this.batchRouteCounters = batchRouteCounters;
    this.projectVirtualTimes = projectVirtualTimes;
    this.clock = clock;
  }

  /** The routes with submitted tasks, and whether some of these are of suspended batches. */
  public Map<String, Boolean> routes() {
    Map<String, Boolean> routes = new HashMap<>();
    jdbc.sql(
            """
            select s.route, bool_or(b.status = 'cancelling' or b.paused_at is not null) as suspended
            from shares s join batches b on b.id = s.batch_id
            where s.submitted > 0 group by s.route\
            """)
        .query(
            row -> {
              routes.put(row.getString("route"), row.getBoolean("suspended"));
            });
    return routes;
  }

  /**
   * A submitted task. A task that was queued again, or whose batch was cancelled, is not missing
   * since an earlier time.
   *
   * @param cancelled whether its batch is cancelled
   */
  public record Submission(UUID task, int run, boolean cancelled) {}

  /**
   * The submitted tasks of a route, 10,000 at most, without those of unconfirmed publications:
   * these may not be in the broker yet.
   */
  public Set<Submission> of(String route) {
    return jdbc.sql(
            """
            select t.id as task, t.run, b.status = 'cancelling' as cancelled
            from tasks t join batches b on b.id = t.batch_id
            where t.route = :route and t.state = 'submitted'
              and not exists (select from publications p where p.route = :route and t.id = any(p.tasks))
            order by t.batch_id, t.id limit :max\
            """)
        .param("route", route)
        .param("max", MAX_TASKS)
        .query(SqlValues.rows(Submission.class))
        .set();
  }

  /**
   * Returns lost tasks to the backlog. They are published as their next run, because workers skip
   * copies of a run that has finished. Those of a batch that was cancelled or has expired keep
   * their run: they finish without a call.
   *
   * @return the number of tasks that had no outcome yet
   */
  @Transactional
  public int requeueLost(String route, Collection<UUID> lost) {
    return countQueued(
        route,
        jdbc.sql(
                """
                with locked as (
                  select id from tasks where id = any(:ids::uuid[]) and %1$s
                  order by id for no key update)
                update tasks t set state = %2$s, run = t.run + runs.next, recoveries = t.recoveries + runs.next
                from locked l, batches b,
                  lateral (select case
                    when b.status = 'cancelling' or (b.status = 'in_progress' and b.expires_at <= :now)
                    then 0 else 1 end as next) as runs
                where t.id = l.id and b.id = t.batch_id
                returning t.batch_id\
                """
                    .formatted(Transitions.REQUEUE.from("state"), TO_QUEUED))
            .param("ids", SqlValues.array(lost))
            .param("now", SqlValues.now(clock)));
  }

  /** Marks tasks as submitted, and adds their cost to the virtual time. */
  void markSubmitted(String route, Collection<TaskSelector.Candidate> candidates) {
    List<TaskSelector.SubmittedTask> tasks =
        candidates.stream().map(TaskSelector.Candidate::toSubmitted).toList();
    jdbc.sql(
            "update tasks set state = %s where id = any(:ids::uuid[])"
                .formatted(Transitions.SUBMIT.to(TaskState.SUBMITTED)))
        .param("ids", SqlValues.array(tasks.stream().map(TaskSelector.SubmittedTask::id).toList()))
        .update();
    Map<BatchRouteCounters.Key, BatchRouteCounters.Change> changes = new HashMap<>();
    for (TaskSelector.SubmittedTask task : tasks) {
      changes.merge(
          new BatchRouteCounters.Key(task.batch(), route),
          new BatchRouteCounters.Change(-1, 1, task.cost()),
          BatchRouteCounters.Change::plus);
    }
    batchRouteCounters.change(changes);
    projectVirtualTimes.add(
        route,
        tasks.stream()
            .collect(
                Collectors.groupingBy(
                    TaskSelector.SubmittedTask::project,
                    Collectors.summingLong(TaskSelector.SubmittedTask::tokens))));
  }

  /**
   * Returns submitted tasks of the route to the backlog; they are published again later.
   *
   * @return the number of tasks that were submitted
   */
  int markQueued(String route, Collection<UUID> tasks) {
    return countQueued(
        route,
        jdbc.sql(
                """
                update tasks set state = %s where id = any(array(
                  select id from tasks
                  where id = any(:ids::uuid[]) and route = :route and %s
                  order by id for no key update))
                returning batch_id\
                """
                    .formatted(TO_QUEUED, Transitions.REQUEUE.from("state || ''")))
            .param("ids", SqlValues.array(tasks))
            .param("route", route));
  }

  /** One run of a task. */
  public record TaskRun(UUID task, int run) {}

  /** Like {@link #markQueued}, but only the tasks that are in this run: others are old copies. */
  void markRunsQueued(String route, Collection<TaskRun> tasks) {
    countQueued(
        route,
        jdbc.sql(
                """
                update tasks set state = %s where id = any(array(
                  select t.id from unnest(:ids::uuid[], :runs::int[]) as w (id, run)
                    join tasks t on t.id = w.id and t.run = w.run
                  where t.route = :route and %s
                  order by t.id for no key update of t))
                returning batch_id\
                """
                    .formatted(TO_QUEUED, Transitions.REQUEUE.from("t.state || ''")))
            .param("ids", SqlValues.array(tasks.stream().map(TaskRun::task).toList()))
            .param("runs", SqlValues.array(tasks.stream().map(TaskRun::run).toList()))
            .param("route", route));
  }

  private int countQueued(String route, JdbcClient.StatementSpec returningBatches) {
    List<UUID> batches =
        returningBatches.query((row, index) -> row.getObject("batch_id", UUID.class)).list();
    Map<BatchRouteCounters.Key, BatchRouteCounters.Change> changes = new HashMap<>();
    batches.forEach(
        batch ->
            changes.merge(
                new BatchRouteCounters.Key(batch, route),
                new BatchRouteCounters.Change(1, -1, 0),
                BatchRouteCounters.Change::plus));
    batchRouteCounters.change(changes);
    return batches.size();
  }
}
