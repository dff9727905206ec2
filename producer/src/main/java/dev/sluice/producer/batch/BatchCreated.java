package dev.sluice.producer.batch;

import dev.sluice.producer.store.BatchId;

/** Event: a batch waits for its validation. */
public record BatchCreated(BatchId batch) {}
