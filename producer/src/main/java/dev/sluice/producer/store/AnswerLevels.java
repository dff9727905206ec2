package dev.sluice.producer.store;

import dev.sluice.common.wire.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Inserts tasks that combine answers, if these are too long for one request. */
@Repository
public class AnswerLevels {
  private final JdbcClient jdbc;
  private final JdbcOperations bulk;
  private final BatchRouteCounters batchRouteCounters;

  AnswerLevels(JdbcClient jdbc, JdbcOperations bulk, BatchRouteCounters batchRouteCounters) {
    this.jdbc = jdbc;
    this.bulk = bulk;
    this.batchRouteCounters = batchRouteCounters;
  }

  /**
   * A dependency of the next level.
   *
   * @param label null for its custom id without a heading
   * @param body null for a task that exists
   * @param tokens the estimate for prompt and reply; 0 for a task that exists
   */
  public record NextPart(
      UUID task,
      String customId,
      @Nullable String label,
      @Nullable Payload body,
      long tokens,
      List<String> missing) {}

  /** Inserts the new tasks of the next level, for which the blocked task then waits. */
  public void add(
      LockedBatches locked,
      BatchId batch,
      DependentTasks.Dependent dependent,
      List<NextPart> parts,
      long levelTokens) {
    PartialAnswers.setMissing(jdbc, dependent.id(), missing(dependent, parts));
    insertTasks(locked, batch, dependent, parts);
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (NextPart part : parts) {
      rows.add(
          new @Nullable Object[] {
            dependent.id(),
            batch.uuid(),
            dependent.level() + 1,
            rows.size(),
            part.customId(),
            part.label(),
            part.task()
          });
    }
    bulk.batchUpdate(
        """
        insert into dependencies
          (dependent, batch_id, level, position, custom_id, label, task_id)
        values (?, ?, ?, ?, ?, ?, ?)""",
        rows);
    jdbc.sql(
            """
            update dependents set level = level + 1, level_tokens = :tokens where task_id = :id""")
        .param("tokens", levelTokens)
        .param("id", dependent.id())
        .update();
  }

  private static List<String> missing(DependentTasks.Dependent dependent, List<NextPart> parts) {
    return Stream.concat(
            dependent.missing().stream(), parts.stream().flatMap(part -> part.missing().stream()))
        .toList();
  }

  private void insertTasks(
      LockedBatches locked,
      BatchId batch,
      DependentTasks.Dependent dependent,
      List<NextPart> parts) {
    long line = TaskLines.last(jdbc, batch.uuid());
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (NextPart part : parts) {
      if (part.body() != null) {
        rows.add(
            new @Nullable Object[] {
              part.task(),
              ++line,
              part.customId(),
              part.tokens(),
              part.body().bytes(),
              DependentTasks.json(part.missing()),
              dependent.id()
            });
      }
    }
    bulk.batchUpdate(
        """
        insert into tasks
          (id, batch_id, line_no, custom_id, route, model, tokens, body, missing, deadline)
        select ?, batch_id, ?, ?, route, model, ?, ?, ?, deadline from tasks where id = ?""",
        rows);
    jdbc.sql("update batches set total = total + :added where id = :id")
        .param("added", rows.size())
        .param("id", locked.require(batch.uuid()))
        .update();
    batchRouteCounters.removeBlocked(batch, dependent.route(), 0, rows.size());
  }
}
