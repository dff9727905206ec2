package dev.sluice.producer.batch;

import dev.sluice.producer.store.BatchId;

/** Event: a batch was cancelled or paused, so that its tasks in the broker are withdrawn. */
public record BatchSuspended(BatchId batch) {}
