package dev.sluice.producer.store;

import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.Payload;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tasks that wait for the answers of others. All changes run in the transaction that finishes the
 * others, under the lock of the batch. The states of the tasks show whether all answers exist, so
 * there is no counter that could be wrong after a crash.
 */
@Repository
public class DependentTasks {
  /**
   * The failure code of a task whose dependencies have failed; after a replay of these it waits
   * again.
   */
  public static final String PART_FAILED = "part_failed";

  static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<List<String>> NAMES = new TypeReference<>() {};

  private static final String READY =
      """
      select d.task_id, d.template, d.keep_partial, d.max_tokens, d.level, d.level_tokens,
        t.batch_id, t.custom_id, t.route, t.model, coalesce(d.next_missing, t.missing) as missing
      from dependents d join tasks t on t.id = d.task_id join batches b on b.id = d.batch_id
      where %s and t.state = 'blocked' and d.batch_id = :batch
        and b.status <> 'cancelling' and (b.status <> 'in_progress' or b.expires_at > :now)
        and not exists (
          select from dependencies p join tasks o on o.id = p.task_id
          where p.dependent = d.task_id and p.level = d.level
            and o.state in ('blocked', 'queued', 'submitted'))
      order by t.line_no""";

  private final JdbcClient jdbc;
  private final BatchRouteCounters batchRouteCounters;
  private final Clock clock;

  DependentTasks(JdbcClient jdbc, BatchRouteCounters batchRouteCounters, Clock clock) {
    this.jdbc = jdbc;
    this.batchRouteCounters = batchRouteCounters;
    this.clock = clock;
  }

  /**
   * A blocked task whose dependencies have all finished.
   *
   * @param template its body with placeholders
   * @param maxTokens maximum tokens of all answers in one request; null for no limit
   * @param level the level of its dependencies, from 1
   * @param levelTokens tokens of the answers of the level before; null for level 1
   * @param missing names of the answers that were missing in earlier levels
   */
  public record Dependent(
      UUID id,
      String customId,
      String route,
      String model,
      Payload template,
      boolean keepPartial,
      @Nullable Long maxTokens,
      int level,
      @Nullable Long levelTokens,
      List<String> missing) {}

  /**
   * The tasks of a batch that wait for one of these tasks, and for no task that has not finished.
   */
  public List<Dependent> ready(LockedBatches locked, BatchId batch, Collection<UUID> finished) {
    return finished.isEmpty()
        ? List.of()
        : jdbc.sql(
                READY.formatted(
                    "d.task_id in (select dependent from dependencies where task_id = any(:finished::uuid[]))"))
            .param("finished", SqlValues.array(finished))
            .param("batch", locked.require(batch.uuid()))
            .param("now", SqlValues.now(clock))
            .query(DependentTasks::dependent)
            .list();
  }

  /** The tasks of a batch that wait for no task that has not finished. */
  public List<Dependent> ready(LockedBatches locked, BatchId batch) {
    return jdbc.sql(READY.formatted("true"))
        .param("batch", locked.require(batch.uuid()))
        .param("now", SqlValues.now(clock))
        .query(DependentTasks::dependent)
        .list();
  }

  private static Dependent dependent(ResultSet row, int index) throws SQLException {
    return new Dependent(
        row.getObject("task_id", UUID.class),
        row.getString("custom_id"),
        row.getString("route"),
        row.getString("model"),
        Payload.of(row.getBytes("template")),
        row.getBoolean("keep_partial"),
        row.getObject("max_tokens", Long.class),
        row.getInt("level"),
        row.getObject("level_tokens", Long.class),
        names(row.getString("missing")));
  }

  /** Reads a column of names. */
  static List<String> names(@Nullable String json) {
    return json == null ? List.of() : JSON.readValue(json, NAMES);
  }

  /** The value of a column of names. */
  static @Nullable String json(List<String> names) {
    return names.isEmpty() ? null : JSON.writeValueAsString(names);
  }

  /**
   * A task that another one has waited for.
   *
   * @param label its name in the body; null for its custom id without a heading
   * @param reply null unless it completed
   * @param failureCode null unless it failed
   * @param missing names of the answers that its own answer was made without; usually none
   */
  public record Part(
      UUID task,
      String customId,
      @Nullable String label,
      String state,
      @Nullable Payload reply,
      @Nullable String failureCode,
      List<String> missing) {}

  /** The sum of the sizes of the replies that a task is made from, in bytes. */
  public long replyBytes(Dependent dependent) {
    return jdbc.sql(
            """
            select coalesce(sum(octet_length(t.reply)), 0)
            from dependencies p join tasks t on t.id = p.task_id
            where p.dependent = :dependent and p.level = :level""")
        .param("dependent", dependent.id())
        .param("level", dependent.level())
        .query(Long.class)
        .single();
  }

  /** The tasks that a task is made from, in their order. */
  public List<Part> parts(Dependent dependent) {
    return jdbc.sql(
            """
            select t.id, t.custom_id, p.label, t.state, t.reply, t.failure_code,
              case when o.task_id is not null then t.missing end as missing
            from dependencies p join tasks t on t.id = p.task_id
              left join dependents o on o.task_id = t.id
            where p.dependent = :dependent and p.level = :level order by p.position""")
        .param("dependent", dependent.id())
        .param("level", dependent.level())
        .query(
            (row, index) -> {
              byte[] reply = row.getBytes("reply");
              return new Part(
                  row.getObject("id", UUID.class),
                  row.getString("custom_id"),
                  row.getString("label"),
                  row.getString("state"),
                  reply == null ? null : Payload.of(reply),
                  row.getString("failure_code"),
                  names(row.getString("missing")));
            })
        .list();
  }

  /**
   * Queues a blocked task.
   *
   * @param tokens the estimate for prompt and reply
   * @param missing names of the answers that the body was made without
   */
  public void unblock(
      LockedBatches locked,
      BatchId batch,
      Dependent dependent,
      Payload body,
      long tokens,
      List<String> missing) {
    int unblocked =
        jdbc.sql(
                """
                update tasks set state = %s, body = :body, tokens = :tokens
                where id = :id and %s"""
                    .formatted(
                        Transitions.UNBLOCK.to(TaskState.QUEUED),
                        Transitions.UNBLOCK.from("state")))
            .param("body", body.bytes())
            .param("tokens", tokens)
            .param("id", dependent.id())
            .update();
    PartialAnswers.setMissing(jdbc, dependent.id(), missing);
    locked.require(batch.uuid());
    batchRouteCounters.removeBlocked(batch, dependent.route(), unblocked, unblocked);
  }

  /**
   * Fails a blocked task without a call. A task that has an answer keeps it.
   *
   * @return what the caller counts in the batch of the task
   */
  public OutcomeCounts reject(
      LockedBatches locked, BatchId batch, Dependent dependent, String code, String detail) {
    List<OutcomeCounts> rejected =
        jdbc.sql(
                """
                update tasks set failure_code = :code, failure_detail = :detail, worker = :worker,
                  finished_at = case when reply is null then :now else finished_at end,
                  state = case when reply is null then %s else %s end
                where id = :id and %s returning reply is not null as answered, cut_off"""
                    .formatted(
                        Transitions.REJECT.to(TaskState.FAILED),
                        Transitions.REJECT.to(TaskState.COMPLETED),
                        Transitions.REJECT.from("state")))
            .param("code", code)
            .param("detail", SqlValues.text(detail))
            .param("worker", BatchTermination.WORKER_NAME)
            .param("now", SqlValues.now(clock))
            .param("id", dependent.id())
            .query(
                (row, index) ->
                    row.getBoolean("answered")
                        ? OutcomeCounts.ofKept(row.getBoolean("cut_off"))
                        : OutcomeCounts.ofUncalled(OutcomeKind.FAILED))
            .list();
    locked.require(batch.uuid());
    batchRouteCounters.removeBlocked(batch, dependent.route(), rejected.size(), /* queued= */ 0);
    return rejected.stream().reduce(OutcomeCounts.NONE, OutcomeCounts::plus);
  }
}
