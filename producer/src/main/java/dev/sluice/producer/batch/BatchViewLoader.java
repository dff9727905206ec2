package dev.sluice.producer.batch;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.api.batch.BatchView;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchRouteCounters;
import dev.sluice.producer.store.BlockedDependents;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Loads what the JSON objects of batches need in addition to the batch. */
@Component
class BatchViewLoader {
  private final BatchRouteCounters batchRouteCounters;
  private final BlockedDependents dependents;
  private final CachedTokens cachedTokens;

  BatchViewLoader(
      BatchRouteCounters batchRouteCounters,
      BlockedDependents dependents,
      CachedTokens cachedTokens) {
    this.batchRouteCounters = batchRouteCounters;
    this.dependents = dependents;
    this.cachedTokens = cachedTokens;
  }

  BatchView view(Batch batch) {
    return views(List.of(batch)).getFirst();
  }

  List<BatchView> views(List<Batch> page) {
    Map<UUID, Long> cached =
        cachedTokens.cachedTokens(page.stream().map(batch -> batch.id().uuid()).toList());
    return page.stream()
        .map(batch -> BatchViews.view(batch, cached.getOrDefault(batch.id().uuid(), 0L)))
        .toList();
  }

  BatchProgress progress(Batch batch) {
    UUID id = batch.id().uuid();
    return BatchViews.progress(
        batch, batchRouteCounters.notQueued(batch.id()), dependents.counts(List.of(id)).get(id));
  }
}
