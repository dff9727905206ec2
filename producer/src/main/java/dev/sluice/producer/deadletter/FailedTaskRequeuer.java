package dev.sluice.producer.deadletter;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.batch.BatchStatus;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.batch.cost.Costs;
import dev.sluice.producer.batch.validate.SchedulingCost;
import dev.sluice.producer.infrastructure.database.SqlValues;
import dev.sluice.producer.web.ApiException;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Returns a failed task of a batch to queued, as its next run, in the transaction of the caller,
 * which has locked the batch.
 */
@Component
class FailedTaskRequeuer {
  private final Batches batches;
  private final Costs costs;
  private final JdbcClient jdbc;
  private final Clock clock;

  FailedTaskRequeuer(Batches batches, Costs costs, JdbcClient jdbc, Clock clock) {
    this.batches = batches;
    this.costs = costs;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Queues the task with the edited request.
   *
   * @throws ApiException 409 if the task or its batch is in the wrong state
   */
  void requeue(DeadLetter deadLetter, BatchId batchId, RequestEditor.EditedRequest edited) {
    Instant now = clock.instant();
    Batch batch =
        batches
            .find(Objects.requireNonNull(deadLetter.task().project()), batchId)
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "Batch %s of this dead letter is deleted, so its result cannot be stored."
                            .formatted(batchId)));
    Instant deadline = deadline(batch, now);
    UUID task = SqlValues.uuid(deadLetter.task().id()).orElseThrow();
    Costs.Key before = lockFailedTask(task, deadLetter, batchId);
    jdbc.sql(
            """
            update tasks set state = 'queued', run = :run, deadline = :deadline, route = :route,
              model = :model, body = :body, tokens = :tokens, attempts = 0, throttles = 0,
              status_code = null, request_id = null, reply = null, failure_code = null,
              failure_detail = null, prompt_tokens = 0, completion_tokens = 0, latency_ms = null,
              worker = null, history = null, finished_at = null, asks = null
            where id = :task\
            """)
        .param("run", deadLetter.task().run() + 1)
        .param(
            "deadline",
            deadline == null ? null : deadline.atOffset(ZoneOffset.UTC),
            Types.TIMESTAMP_WITH_TIMEZONE)
        .param("route", edited.route())
        .param("model", edited.summary().model())
        .param("body", edited.body().bytes())
        .param("tokens", SchedulingCost.of(edited.summary(), edited.body()).tokens())
        .param("task", task)
        .update();
    batches.reopen(batchId, edited.route());
    costs.replay(before, new Costs.Key(batchId.uuid(), edited.route(), edited.summary().model()));
  }

  /**
   * Returns the task's own deadline if the batch is finished; null to keep the batch's deadline.
   */
  private static @Nullable Instant deadline(Batch batch, Instant now) {
    BatchStatus status = batch.status();
    Batch.Times times = batch.times();
    if (status == BatchStatus.COMPLETED || status == BatchStatus.EXPIRED) {
      return now.plus(Duration.between(times.created(), times.expires()));
    }
    if (status == BatchStatus.IN_PROGRESS && now.isBefore(times.expires())) {
      return null;
    }
    throw ApiException.conflict(
        status == BatchStatus.IN_PROGRESS || status == BatchStatus.FINALIZING
            ? "Batch %s is finalizing. Try again in a few seconds.".formatted(batch.id())
            : "Batch %s has the status '%s', so its tasks cannot be replayed."
                .formatted(batch.id(), status.wireName()));
  }

  /** Locks the task, checks that it failed in this run, and returns the key of its cost. */
  private Costs.Key lockFailedTask(UUID task, DeadLetter deadLetter, BatchId batch) {
    record TaskRow(String state, int run, String route, String model) {}
    TaskRow current =
        jdbc.sql("select state, run, route, model from tasks where id = :task for no key update")
            .param("task", task)
            .query(
                (row, index) ->
                    new TaskRow(
                        row.getString("state"),
                        row.getInt("run"),
                        row.getString("route"),
                        row.getString("model")))
            .optional()
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "Task %s is deleted, so its result cannot be stored.".formatted(task)));
    if (current.run() != deadLetter.task().run() || !current.state().equals("failed")) {
      throw ApiException.conflict(
          "Task %s is %s in run %d; this dead letter belongs to run %d."
              .formatted(task, current.state(), current.run(), deadLetter.task().run()));
    }
    return new Costs.Key(batch.uuid(), current.route(), current.model());
  }
}
