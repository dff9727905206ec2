package dev.sluice.producer.store;

import dev.sluice.common.wire.Payload;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Inserts the tasks of a new batch, and answers them with stored results. */
@Repository
public class NewTasks {
  private final JdbcClient jdbc;
  private final JdbcOperations bulk;
  private final Clock clock;

  NewTasks(JdbcClient jdbc, JdbcOperations bulk, Clock clock) {
    this.jdbc = jdbc;
    this.bulk = bulk;
    this.clock = clock;
  }

  /**
   * A task of a new batch.
   *
   * @param line its line in the input, from 1
   * @param tokens the estimate for prompt and reply
   * @param requestHash a number that identical requests have in common
   */
  public record NewTask(
      UUID id,
      long line,
      String customId,
      String route,
      String model,
      long tokens,
      Payload body,
      long requestHash) {}

  /** Inserts queued tasks. */
  public void insert(BatchId batch, Collection<NewTask> tasks) {
    bulk.batchUpdate(
        """
        insert into tasks
          (id, batch_id, line_no, custom_id, route, model, tokens, body, request_hash)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        tasks.stream()
            .map(
                task ->
                    new Object[] {
                      task.id(),
                      batch.uuid(),
                      task.line(),
                      task.customId(),
                      task.route(),
                      task.model(),
                      task.tokens(),
                      task.body().bytes(),
                      task.requestHash()
                    })
            .toList());
  }

  /**
   * Completes tasks with the replies of identical requests of the same project: identical are
   * endpoint, route and the bytes of the body. A batch with a check accepts only answers that a
   * worker has checked with the same schema.
   *
   * @param tasks queued tasks of the batch, which the caller's transaction has inserted
   * @return the ids of the completed tasks; empty if the batch does not accept stored results
   */
  public Set<UUID> answerWithStoredResults(Batch batch, Collection<UUID> tasks) {
    Duration maxAge = batch.definition().reuse();
    if (maxAge == null) {
      return Set.of();
    }
    Instant now = clock.instant();
    // The lateral query reads only tasks with the hash, even if the planner has no statistics.
    return Set.copyOf(
        jdbc.sql(
                """
            update tasks n set state = %s, reused = true, status_code = s.status_code,
              request_id = s.request_id, reply = s.reply, finished_at = :now
            from (
              select t.id, o.status_code, o.request_id, o.reply
              from tasks t join batches w on w.id = t.batch_id cross join lateral (
                select c.status_code, c.request_id, c.reply from tasks c
                where c.request_hash = t.request_hash and c.request_hash is not null
                  and c.state = 'completed' and not c.cut_off and not c.reused
                  and c.finished_at >= :since and c.route = t.route and c.body = t.body
                  and exists (select from batches b
                    where b.id = c.batch_id and b.project = :project and b.endpoint = :endpoint
                      and (w.check_schema is null
                        or b.check_schema = w.check_schema and c.asks is not null and not c.accepted))
                order by c.finished_at desc limit 1) o
              where t.id = any(:ids::uuid[])) s
            where n.id = s.id
            returning n.id"""
                    .formatted(Transitions.REUSE.to(TaskState.COMPLETED)))
            .param("now", SqlValues.at(now))
            .param("since", SqlValues.at(now.minus(maxAge)))
            .param("project", batch.project().name())
            .param("endpoint", batch.definition().endpoint())
            .param("ids", SqlValues.array(tasks))
            .query(UUID.class)
            .list());
  }
}
