package dev.sluice.producer.batch;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** The prompt tokens of batches that providers read from their prompt caches. */
public interface CachedTokens {
  /** By the ids of the batches; a batch without usage is absent. */
  Map<UUID, Long> cachedTokens(Collection<UUID> batches);
}
