package dev.sluice.producer.store;

import dev.sluice.producer.infrastructure.database.SqlValues;
import java.sql.Types;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Answers that were made without those of some tasks. When such a task is replayed and completes,
 * the answer is made again: its task is blocked, in the transaction that completes the other one.
 * So a failed replay leaves the answer as it is. The task keeps the columns of its answer until the
 * new answer replaces them, so that it has an answer if the new request fails.
 */
@Repository
public class PartialAnswers {
  private final JdbcClient jdbc;
  private final BatchRouteCounters batchRouteCounters;
  private final Clock clock;

  PartialAnswers(JdbcClient jdbc, BatchRouteCounters batchRouteCounters, Clock clock) {
    this.jdbc = jdbc;
    this.batchRouteCounters = batchRouteCounters;
    this.clock = clock;
  }

  /** Stores which answers of its level the dependent is made without. */
  public void mark(DependentTasks.Dependent dependent) {
    jdbc.sql(
            """
            update dependencies p
            set incomplete = case when t.state = 'completed' then 'partial' else 'missing' end
            from tasks t
            where p.dependent = :dependent and p.level = :level and t.id = p.task_id
              and (t.state <> 'completed' or t.missing is not null
                and exists (select from dependents o where o.task_id = t.id))""")
        .param("dependent", dependent.id())
        .param("level", dependent.level())
        .update();
  }

  /**
   * A completed task that was made without an answer that is there now.
   *
   * @param level the level of its dependencies
   * @param base the lowest level with such an answer
   * @param part a task of that level that has completed
   */
  public record Outdated(
      UUID id, String route, String model, boolean cutoff, int level, int base, UUID part) {}

  /** Blocks the completed tasks of a batch that can be made from more answers now. */
  public List<Outdated> reopen(LockedBatches locked, BatchId batch) {
    List<Outdated> outdated = outdated(locked.require(batch.uuid()));
    for (Outdated task : outdated) {
      int level = restart(task);
      block(batch, task, missing(task.id(), level));
      jdbc.sql(
              "update batches set completed = completed - 1, cut_off = cut_off - :cutOff, %s where id = :id"
                  .formatted(ResultRevisions.RESULTS_CHANGED))
          .param("cutOff", task.cutoff() ? 1 : 0)
          .param("id", batch.uuid())
          .update();
      batchRouteCounters.addBlocked(batch, task.route(), 1);
    }
    return outdated;
  }

  private List<Outdated> outdated(UUID batch) {
    return jdbc.sql(
            """
            select distinct on (d.id) d.id, d.route, d.model, d.cut_off as cutoff, o.level,
              p.level as base, p.task_id as part
            from dependencies p join tasks t on t.id = p.task_id
              join dependents o on o.task_id = p.dependent join tasks d on d.id = p.dependent
              join batches b on b.id = p.batch_id
            where p.batch_id = :batch and p.incomplete is not null and t.state = 'completed'
              and (p.incomplete = 'missing' or t.missing is null) and %s
              and (b.status in ('completed', 'expired')
                or b.status = 'in_progress' and b.expires_at > :now)
            order by d.id, p.level, p.position"""
                .formatted(Transitions.REMAKE.from("d.state")))
        .param("batch", batch)
        .param("now", SqlValues.now(clock))
        .query(SqlValues.rows(Outdated.class))
        .list();
  }

  /** Starts again from the answers of the lowest level with a new one; returns the level. */
  private int restart(Outdated task) {
    jdbc.sql("update dependencies set incomplete = null where dependent = :id")
        .param("id", task.id())
        .update();
    if (task.base() == task.level()) {
      return task.level();
    }
    int level = task.level() + 1;
    jdbc.sql(
            """
            insert into dependencies
              (dependent, batch_id, level, position, custom_id, label, task_id)
            select dependent, batch_id, :level, position, custom_id, label, task_id
            from dependencies where dependent = :id and level = :base""")
        .param("level", level)
        .param("id", task.id())
        .param("base", task.base())
        .update();
    jdbc.sql("update dependents set level = :level, level_tokens = null where task_id = :id")
        .param("level", level)
        .param("id", task.id())
        .update();
    return level;
  }

  /** The names of the answers that the tasks of this level, which combine answers, are without. */
  private List<String> missing(UUID task, int level) {
    return jdbc
        .sql(
            """
            select t.missing from dependencies p join tasks t on t.id = p.task_id
            where p.dependent = :id and p.level = :level and t.missing is not null
              and not exists (select from dependents o where o.task_id = t.id)
            order by p.position""")
        .param("id", task)
        .param("level", level)
        .query(String.class)
        .stream()
        .flatMap(names -> DependentTasks.names(names).stream())
        .toList();
  }

  /** It is the next run, so that a late outcome of the one before changes nothing. */
  private void block(BatchId batch, Outdated task, List<String> missing) {
    jdbc.sql("update dependents set next_missing = :missing where task_id = :id")
        .param("missing", DependentTasks.JSON.writeValueAsString(missing))
        .param("id", task.id())
        .update();
    jdbc.sql(
            """
            update tasks t set state = %s, run = t.run + 1, attempts = 0, throttles = 0,
              failure_code = null, failure_detail = null, latency_ms = null, worker = null,
              history = null, deadline = case when b.status in ('completed', 'expired')
                then :now::timestamptz + (b.expires_at - b.created_at) else t.deadline end
            from batches b where t.id = :id and b.id = :batch"""
                .formatted(Transitions.REMAKE.to(TaskState.BLOCKED)))
        .param("now", SqlValues.now(clock))
        .param("id", task.id())
        .param("batch", batch.uuid())
        .update();
  }

  /** Stores the names of the answers that the next request of a task is made without. */
  static void setMissing(JdbcClient jdbc, UUID task, List<String> missing) {
    int madeAgain =
        jdbc.sql(
                """
                update dependents set next_missing = :missing
                where task_id = :id and next_missing is not null""")
            .param("missing", DependentTasks.JSON.writeValueAsString(missing))
            .param("id", task)
            .update();
    if (madeAgain == 0) {
      jdbc.sql("update tasks set missing = :missing where id = :id")
          .param("missing", DependentTasks.json(missing), Types.VARCHAR)
          .param("id", task)
          .update();
    }
  }

  /** The new request of these tasks has their answer now. */
  static void adoptMissing(JdbcClient jdbc, Collection<UUID> tasks) {
    if (tasks.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            update tasks t set missing = nullif(d.next_missing, '[]') from dependents d
            where t.id = any(:ids::uuid[]) and d.task_id = t.id and d.next_missing is not null""")
        .param("ids", SqlValues.array(tasks))
        .update();
    keepMissing(jdbc, tasks);
  }

  /** These tasks have no new request: a replay repeats their last one, with its missing answers. */
  static void keepMissing(JdbcClient jdbc, Collection<UUID> tasks) {
    jdbc.sql("update dependents set next_missing = null where task_id = any(:ids::uuid[])")
        .param("ids", SqlValues.array(tasks))
        .update();
  }
}
