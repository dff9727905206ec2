package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.batch.BatchStatus;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.cost.Costs;
import dev.sluice.producer.dispatch.TaskPublisher;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.validate.SchedulingCost;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends dead letters again, or puts them away; each in one transaction with its line in the audit.
 *
 * <p>The task of a batch takes the one step back that there is, from failed to queued, as its next
 * run; the feed does the rest. What was published by hand is published again. The order of the
 * locks is that of everybody: batch, then letter, task and share.
 */
@Component
class DeadLetterReplayer {
  private static final String DEFAULT_ENDPOINT = "/v1/chat/completions";

  private final DeadLetters letters;
  private final RequestEditor editor;
  private final Batches batches;
  private final Costs costs;
  private final TaskPublisher publisher;
  private final ApplicationEventPublisher events;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final TransactionTemplate transaction;

  DeadLetterReplayer(
      DeadLetters letters,
      RequestEditor editor,
      Batches batches,
      Costs costs,
      TaskPublisher publisher,
      ApplicationEventPublisher events,
      JdbcClient jdbc,
      Clock clock,
      PlatformTransactionManager transactions) {
    this.letters = letters;
    this.editor = editor;
    this.batches = batches;
    this.costs = costs;
    this.publisher = publisher;
    this.events = events;
    this.jdbc = jdbc;
    this.clock = clock;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * @throws ApiException where this letter cannot be replayed, with the reason
   */
  void replay(DeadLetter letter, RequestEdit edit, AuditAction auditAction) {
    transaction.executeWithoutResult(status -> step(letter, edit, auditAction));
    if (letter.batch() != null) {
      events.publishEvent(new BatchStarted(new BatchId(letter.batch())));
    }
  }

  /**
   * @throws ApiException where somebody was faster
   */
  void discard(DeadLetter letter, AuditAction auditAction) {
    transaction.executeWithoutResult(
        status -> {
          lockDead(letter.id());
          letters.settle(letter.id(), AuditAction.Kind.DISCARD, auditAction, null);
        });
  }

  private void step(DeadLetter letter, RequestEdit edit, AuditAction auditAction) {
    UUID batch = letter.batch();
    if (batch != null) {
      batches.lock(List.of(batch));
    }
    lockDead(letter.id());
    RequestEditor.EditedRequest editedRequest =
        editor.edit(edit, letters.request(letter.id()), letter.route());
    if (batch == null) {
      publish(letter, editedRequest);
    } else {
      queue(letter, new BatchId(batch), editedRequest);
    }
    letters.settle(letter.id(), AuditAction.Kind.REPLAY, auditAction, edit.inWords());
  }

  private void lockDead(UUID letter) {
    DeadLetter.State state = letters.lock(letter).state();
    if (state != DeadLetter.State.OPEN) {
      throw ApiException.conflict(
          "The dead letter %s has already been %s.".formatted(letter, state.wireName()));
    }
  }

  private void queue(
      DeadLetter letter, BatchId batchId, RequestEditor.EditedRequest editedRequest) {
    Instant now = clock.instant();
    Batch batch =
        batches
            .find(Objects.requireNonNull(letter.project()), batchId)
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "The batch %s of this dead letter is deleted: its result could not be stored."
                            .formatted(batchId)));
    Instant deadline = deadline(batch, now);
    UUID task = DeadLetters.uuid(letter.taskId()).orElseThrow();
    Costs.Key before = failed(task, letter, batchId);
    jdbc.sql(
            """
            update tasks set state = 'queued', run = :run, deadline = :deadline, route = :route,
              model = :model, body = :body, tokens = :tokens, attempts = 0, throttles = 0,
              status_code = null, request_id = null, reply = null, failure_code = null,
              failure_detail = null, prompt_tokens = 0, completion_tokens = 0, latency_ms = null,
              worker = null, history = null, finished_at = null
            where id = :task""")
        .param("run", letter.run() + 1)
        .param(
            "deadline",
            deadline == null ? null : deadline.atOffset(ZoneOffset.UTC),
            Types.TIMESTAMP_WITH_TIMEZONE)
        .param("route", editedRequest.route())
        .param("model", editedRequest.facts().model())
        .param("body", editedRequest.body().bytes())
        .param("tokens", SchedulingCost.of(editedRequest.facts(), editedRequest.body()).tokens())
        .param("task", task)
        .update();
    batches.reopen(batchId, editedRequest.route());
    costs.replay(
        before,
        new Costs.Key(batchId.uuid(), editedRequest.route(), editedRequest.facts().model()));
  }

  /** Its own where the batch is at rest; null for that of the batch. */
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
            ? "The batch %s is coming to its end: try again in a moment.".formatted(batch.id())
            : "The batch %s has the status '%s': its tasks are not called any more."
                .formatted(batch.id(), status.wireName()));
  }

  /** Checks that the task has failed in this very run; where its cost was counted. */
  private Costs.Key failed(UUID task, DeadLetter letter, BatchId batch) {
    record Now(String state, int run, String route, String model) {}
    Now now =
        jdbc.sql("select state, run, route, model from tasks where id = :task for no key update")
            .param("task", task)
            .query(
                (row, index) ->
                    new Now(
                        row.getString("state"),
                        row.getInt("run"),
                        row.getString("route"),
                        row.getString("model")))
            .optional()
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "The task %s is gone: nothing would take the result.".formatted(task)));
    if (now.run() != letter.run() || !now.state().equals("failed")) {
      throw ApiException.conflict(
          "The task %s is %s in its run %d; this dead letter is of its run %d."
              .formatted(task, now.state(), now.run(), letter.run()));
    }
    return new Costs.Key(batch.uuid(), now.route(), now.model());
  }

  private void publish(DeadLetter letter, RequestEditor.EditedRequest editedRequest) {
    TaskIds ids =
        new TaskIds(
            letter.taskId(),
            letter.correlationId(),
            letter.endpoint().startsWith("/v1/") ? letter.endpoint() : DEFAULT_ENDPOINT,
            editedRequest.route(),
            Lane.fromWire(letter.lane()).orElse(Lane.BATCH),
            letter.customId(),
            null,
            letter.run() + 1);
    TaskMessage task = TaskMessage.first(ids, clock.instant(), null, editedRequest.body());
    if (!publisher.publish(List.of(task)).confirmed().contains(letter.taskId())) {
      throw ApiException.conflict("The broker did not take the task: try again in a moment.");
    }
  }
}
