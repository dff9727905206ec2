package dev.sluice.producer.batch;

import dev.sluice.producer.store.BatchId;

/** Event: the last task of a batch has ended, so that its result files can be generated. */
public record BatchEnded(BatchId batch) {}
