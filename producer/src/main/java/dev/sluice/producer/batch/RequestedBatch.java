package dev.sluice.producer.batch;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.web.ApiException;

/** Finds the batch that a request names. */
public final class RequestedBatch {
  private RequestedBatch() {}

  /**
   * The batch with this id.
   *
   * @throws ApiException 404 if the project has none
   */
  public static Batch find(BatchQueries batches, Project project, String id) {
    return batches.find(project, id(id)).orElseThrow(() -> missing(id));
  }

  /**
   * Parses the id.
   *
   * @throws ApiException 404 if it is not the id of a batch
   */
  public static BatchId id(String id) {
    return BatchId.parse(id).orElseThrow(() -> missing(id));
  }

  private static ApiException missing(String id) {
    return ApiException.notFound("No batch found with id '" + id + "'.", "batch_id");
  }
}
