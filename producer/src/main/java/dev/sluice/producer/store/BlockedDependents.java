package dev.sluice.producer.store;

import dev.sluice.api.batch.DocumentCounts;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Blocks failed tasks again when a task that they depend on is replayed, and counts dependencies.
 */
@Repository
public class BlockedDependents {
  private static final int MAX_NAMES = 5;

  private final JdbcClient jdbc;
  private final BatchRouteCounters batchRouteCounters;
  private final Clock clock;

  BlockedDependents(JdbcClient jdbc, BatchRouteCounters batchRouteCounters, Clock clock) {
    this.jdbc = jdbc;
    this.batchRouteCounters = batchRouteCounters;
    this.clock = clock;
  }

  /**
   * A task that is blocked again.
   *
   * @param answered whether it has kept an earlier answer, and counts as completed
   */
  private record Reblocked(UUID id, String route, boolean answered, boolean cutoff) {}

  /**
   * Blocks the tasks again that were not made because this task failed, and those that were not
   * made because of these. The caller's transaction has just queued or completed the task.
   */
  public void block(LockedBatches locked, BatchId batch, UUID part) {
    if (!locked.hasDependents(batch)) {
      return;
    }
    List<UUID> revived = new ArrayList<>(List.of(part));
    for (int next = 0; next < revived.size(); next++) {
      for (Reblocked task : blockDirect(batch, revived.get(next))) {
        revived.add(task.id());
        jdbc.sql(
                """
                update batches set failed = failed - :failed, completed = completed - :completed,
                  cut_off = cut_off - :cutOff, %s where id = :id"""
                    .formatted(ResultRevisions.RESULTS_CHANGED))
            .param("failed", task.answered() ? 0 : 1)
            .param("completed", task.answered() ? 1 : 0)
            .param("cutOff", task.answered() && task.cutoff() ? 1 : 0)
            .param("id", locked.require(batch.uuid()))
            .update();
        batchRouteCounters.addBlocked(batch, task.route(), 1);
      }
    }
  }

  /** A task of a finished batch gets a deadline of its own, as a replay does. */
  private List<Reblocked> blockDirect(BatchId batch, UUID task) {
    return jdbc.sql(
            """
            update tasks t set state = %s, failure_code = null, failure_detail = null,
              missing = case when t.reply is not null then t.missing end, worker = null,
              finished_at = case when t.reply is not null then t.finished_at end,
              deadline = case when b.status in ('completed', 'expired')
                then :now::timestamptz + (b.expires_at - b.created_at) else t.deadline end
            from dependencies p, dependents d, batches b
            where p.task_id = :task and d.task_id = p.dependent and d.level = p.level
              and t.id = d.task_id and b.id = :batch and t.batch_id = b.id
              and %s and t.failure_code = :code
            returning t.id, t.route, t.reply is not null as answered, t.cut_off as cutoff"""
                .formatted(
                    Transitions.BLOCK.to(TaskState.BLOCKED), Transitions.BLOCK.from("t.state")))
        .param("now", SqlValues.now(clock))
        .param("task", task)
        .param("batch", batch.uuid())
        .param("code", DependentTasks.PART_FAILED)
        .query(SqlValues.rows(Reblocked.class))
        .list();
  }

  /**
   * The tasks that a blocked task waits for.
   *
   * @param total all tasks that its body is made from
   * @param unfinished those that have not finished
   * @param names the custom ids of the first of these, at most five
   */
  public record WaitsFor(long total, long unfinished, List<String> names) {}

  /** What a blocked task waits for. */
  public WaitsFor waitsFor(UUID task) {
    String parts =
        """
        from dependents d join dependencies p on p.dependent = d.task_id and p.level = d.level
          join tasks t on t.id = p.task_id
        where d.task_id = :task""";
    String unfinished = "t.state in ('blocked', 'queued', 'submitted')";
    List<String> names =
        jdbc.sql(
                "select t.custom_id %s and %s order by p.position limit :limit"
                    .formatted(parts, unfinished))
            .param("task", task)
            .param("limit", MAX_NAMES)
            .query((row, index) -> row.getString("custom_id"))
            .list();
    return jdbc.sql("select count(*), count(*) filter (where %s) %s".formatted(unfinished, parts))
        .param("task", task)
        .query((row, index) -> new WaitsFor(row.getLong(1), row.getLong(2), names))
        .single();
  }

  /**
   * The documents and parts of these batches, of which tasks wait for others, by batch. Tasks that
   * combine answers for another task, such as sections and levels, are neither.
   */
  public Map<UUID, DocumentCounts> counts(Collection<UUID> batches) {
    Map<UUID, DocumentCounts> counts = new HashMap<>();
    jdbc.sql(
            """
            select b.id, b.total,
              b.completed + b.failed + b.expired + b.cancelled as finished, d.*, s.*
            from batches b cross join lateral (
              select count(*) as others, count(*) filter (where p.finished) as others_finished,
                count(*) filter (where p.part) as parts,
                count(*) filter (where p.part and p.finished) as parts_finished
              from (
                select min(p.level) = 1
                    and not exists (select from dependents x where x.task_id = p.task_id) as part,
                  bool_and(t.state not in ('blocked', 'queued', 'submitted')) as finished
                from dependencies p join tasks t on t.id = p.task_id
                where p.batch_id = b.id group by p.task_id) p) d
            cross join lateral (
              select count(*) as split, count(*) filter (
                  where t.state = 'completed' and t.missing is not null) as partial
              from dependents x join tasks t on t.id = x.task_id
              where x.batch_id = b.id
                and not exists (select from dependencies o where o.task_id = x.task_id)) s
            where b.id = any(:ids::uuid[]) and b.dependents > 0""")
        .param("ids", SqlValues.array(batches))
        .query(
            row -> {
              counts.put(
                  row.getObject("id", UUID.class),
                  new DocumentCounts(
                      row.getLong("total") - row.getLong("others"),
                      row.getLong("finished") - row.getLong("others_finished"),
                      row.getLong("split"),
                      row.getLong("parts"),
                      row.getLong("parts_finished"),
                      row.getLong("partial")));
            });
    return counts;
  }
}
