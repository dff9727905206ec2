package dev.sluice.producer.batch;

import dev.sluice.api.ListResponse;
import dev.sluice.api.batch.BatchProgress;
import dev.sluice.api.batch.BatchView;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.access.ProjectScope;
import dev.sluice.producer.infrastructure.trace.TaskTraces;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchLifecycle;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.store.NewBatches;
import dev.sluice.producer.store.PauseReason;
import dev.sluice.producer.web.ApiException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** OpenAI's batch endpoints, and those with Sluice's details for the command line and scripts. */
@RestController
class BatchController {
  private static final int MAX_PAGE_SIZE = 100;
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final int MAX_KEY_LENGTH = 255;

  private final BatchCreator creator;
  private final BatchQueries batches;
  private final BatchLifecycle lifecycle;
  private final BatchViewLoader views;
  private final TaskTraces traces;
  private final ApplicationEventPublisher events;

  BatchController(
      BatchCreator creator,
      BatchQueries batches,
      BatchLifecycle lifecycle,
      BatchViewLoader views,
      TaskTraces traces,
      ApplicationEventPublisher events) {
    this.creator = creator;
    this.batches = batches;
    this.lifecycle = lifecycle;
    this.views = views;
    this.traces = traces;
    this.events = events;
  }

  @PostMapping("/v1/batches")
  BatchView create(
      Project project,
      @RequestHeader(name = IDEMPOTENCY_KEY, required = false) @Nullable String idempotencyKey,
      @RequestBody NewBatch request) {
    NewBatch.ValidatedBatch validatedBatch = request.check();
    NewBatches.CreatedBatch createdBatch =
        creator.create(
            project, validatedBatch, checkedKey(idempotencyKey), traces.currentTraceparent());
    if (createdBatch.isNew()) {
      events.publishEvent(new BatchCreated(createdBatch.batch().id()));
    } else if (!validatedBatch.matches(createdBatch)) {
      throw ApiException.badRequest(
          "Idempotency-Key was used for batch %s with another request. Use a new key for this request."
              .formatted(createdBatch.batch().id()),
          IDEMPOTENCY_KEY,
          "idempotency_key_reused");
    }
    return views.view(createdBatch.batch());
  }

  private static @Nullable String checkedKey(@Nullable String key) {
    if (key != null && (key.isBlank() || key.length() > MAX_KEY_LENGTH)) {
      throw ApiException.badRequest(
          "Idempotency-Key must have 1-%d characters.".formatted(MAX_KEY_LENGTH),
          IDEMPOTENCY_KEY,
          "invalid_value");
    }
    return key;
  }

  @GetMapping("/v1/batches")
  ListResponse<BatchView> list(
      Project project,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "20") int limit) {
    BatchId from = after == null ? null : find(project, after).id();
    int pageSize = Math.clamp(limit, 1, MAX_PAGE_SIZE);
    List<BatchView> found =
        views.views(batches.list(new ProjectScope(project), from, pageSize + 1));
    return ListResponse.page(found, pageSize, BatchView::id);
  }

  @GetMapping("/v1/batches/{id}")
  BatchView retrieve(Project project, @PathVariable String id) {
    return views.view(find(project, id));
  }

  /** Idempotent; 409 for a batch that finished in another status. */
  @PostMapping("/v1/batches/{id}/cancel")
  BatchView cancel(Project project, @PathVariable String id) {
    BatchId batch = find(project, id).id();
    lifecycle.cancel(batch);
    events.publishEvent(new BatchSuspended(batch));
    Batch after = find(project, id);
    if (after.times().cancelling() == null) {
      throw conflict("cancel", after);
    }
    return views.view(after);
  }

  /** Finds the batch that an earlier create request with the same idempotency key has created. */
  @GetMapping("/api/batches/by-idempotency-key")
  BatchView findByIdempotencyKey(
      Project project, @RequestParam("idempotency_key") String idempotencyKey) {
    return batches
        .find(project, idempotencyKey)
        .map(views::view)
        .orElseThrow(
            () ->
                ApiException.notFound(
                    "No batch found with Idempotency-Key '%s'.".formatted(idempotencyKey),
                    "idempotency_key"));
  }

  @GetMapping("/api/batches/{id}")
  BatchProgress progress(Project project, @PathVariable String id) {
    Batch batch = find(project, id);
    return views.progress(batch);
  }

  @PostMapping("/api/batches/{id}/pause")
  BatchProgress pause(Project project, @PathVariable String id) {
    Batch batch = find(project, id);
    if (!lifecycle.pause(batch.id(), PauseReason.MANUAL)) {
      throw conflict("pause", batch);
    }
    events.publishEvent(new BatchSuspended(batch.id()));
    return views.progress(find(project, id));
  }

  @PostMapping("/api/batches/{id}/resume")
  BatchProgress resume(Project project, @PathVariable String id) {
    Batch batch = find(project, id);
    PauseReason cause = batch.pausedBy();
    if (cause == PauseReason.BUDGET || cause == PauseReason.PROJECT_BUDGET) {
      throw ApiException.conflict(
          cause == PauseReason.BUDGET
              ? "The batch is paused because its budget is spent. Raise the budget with PUT /api/batches/%s/budget; the batch then resumes automatically."
                  .formatted(id)
              : "The batch is paused because its project's budget is spent. Ask the administrator to raise it with PUT /api/budget?project=%s; the batch then resumes automatically."
                  .formatted(batch.project().name()));
    }
    if (!lifecycle.resume(batch.id())) {
      throw conflict("resume", batch);
    }
    events.publishEvent(new BatchStarted(batch.id()));
    return views.progress(find(project, id));
  }

  private static ApiException conflict(String action, Batch batch) {
    return ApiException.conflict(
        "Cannot %s a batch with status '%s'.".formatted(action, batch.status().wireName()));
  }

  private Batch find(Project project, String id) {
    return RequestedBatch.find(batches, project, id);
  }
}
