package dev.sluice.producer.batch;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.quota.Quotas;
import dev.sluice.producer.store.NewBatches;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Creates batches within the quotas of their projects. */
@Component
class BatchCreator {
  private final NewBatches batches;
  private final Quotas quotas;

  BatchCreator(NewBatches batches, Quotas quotas) {
    this.batches = batches;
    this.quotas = quotas;
  }

  /**
   * Creates a batch, or returns the batch that the same idempotency key has created.
   *
   * @param idempotencyKey null for none
   * @param traceparent of the request; null without tracing
   * @throws dev.sluice.producer.web.ApiException if the project's quota is exceeded
   */
  @Transactional
  public NewBatches.CreatedBatch create(
      Project project,
      NewBatch.ValidatedBatch batch,
      @Nullable String idempotencyKey,
      @Nullable String traceparent) {
    NewBatches.CreatedBatch created =
        batches.create(
            project,
            batch.definition(),
            batch.window(),
            batch.budget(),
            idempotencyKey,
            traceparent);
    if (created.isNew()) {
      quotas.admitBatch(project);
    }
    return created;
  }
}
