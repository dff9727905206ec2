package dev.sluice.producer.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Inserts the tasks of a new batch that wait for others. */
@Repository
public class NewDependents {
  private final JdbcClient jdbc;
  private final JdbcOperations bulk;

  NewDependents(JdbcClient jdbc, JdbcOperations bulk) {
    this.jdbc = jdbc;
    this.bulk = bulk;
  }

  /**
   * What a task waits for.
   *
   * @param customIds of the tasks whose answers its body is made from, in their order
   * @param labels their names in the body; null for the custom ids without a heading
   * @param keepPartial whether the task is made without the answers of tasks that failed
   * @param maxTokens maximum tokens of all answers in one request; null for no limit
   */
  public record Dependencies(
      List<String> customIds,
      @Nullable List<String> labels,
      boolean keepPartial,
      @Nullable Long maxTokens) {

    /** The label of a dependency; null without labels. */
    @Nullable String label(int position) {
      return labels == null ? null : labels.get(position);
    }
  }

  /**
   * A task that waits for others.
   *
   * @param task its body has placeholders for the answers
   */
  public record NewDependent(NewTasks.NewTask task, Dependencies dependencies) {}

  /** Inserts blocked tasks. */
  public void insert(BatchId batch, Collection<NewDependent> dependents) {
    bulk.batchUpdate(
        """
        insert into tasks (id, batch_id, line_no, custom_id, route, model, tokens, body, state)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        dependents.stream().map(dependent -> row(batch, dependent.task())).toList());
    bulk.batchUpdate(
        """
        insert into dependents (task_id, batch_id, template, keep_partial, max_tokens)
        values (?, ?, ?, ?, ?)""",
        dependents.stream()
            .map(
                dependent ->
                    new @Nullable Object[] {
                      dependent.task().id(),
                      batch.uuid(),
                      dependent.task().body().bytes(),
                      dependent.dependencies().keepPartial(),
                      dependent.dependencies().maxTokens()
                    })
            .toList());
    bulk.batchUpdate(
        """
        insert into dependencies (dependent, batch_id, level, position, custom_id, label)
        values (?, ?, 1, ?, ?, ?)""",
        dependents.stream().flatMap(dependent -> rows(batch, dependent).stream()).toList());
  }

  private static Object[] row(BatchId batch, NewTasks.NewTask task) {
    return new Object[] {
      task.id(),
      batch.uuid(),
      task.line(),
      task.customId(),
      task.route(),
      task.model(),
      task.tokens(),
      task.body().bytes(),
      TaskState.BLOCKED.wireName()
    };
  }

  private static List<@Nullable Object[]> rows(BatchId batch, NewDependent dependent) {
    Dependencies dependencies = dependent.dependencies();
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int position = 0; position < dependencies.customIds().size(); position++) {
      rows.add(
          new @Nullable Object[] {
            dependent.task().id(),
            batch.uuid(),
            position,
            dependencies.customIds().get(position),
            dependencies.label(position)
          });
    }
    return rows;
  }

  /**
   * Finds the tasks of all dependencies of the batch, after its last task is inserted. There is no
   * index of custom ids, so the statement has to read each task of the batch only once.
   */
  public void link(BatchId batch) {
    jdbc.sql("set local enable_nestloop = off").update();
    jdbc.sql(
            """
            update dependencies p set task_id = t.id from tasks t
            where p.batch_id = :batch and t.batch_id = :batch and t.custom_id = p.custom_id""")
        .param("batch", batch.uuid())
        .update();
    jdbc.sql("set local enable_nestloop = on").update();
  }
}
