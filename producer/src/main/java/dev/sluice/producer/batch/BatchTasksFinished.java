package dev.sluice.producer.batch;

import dev.sluice.producer.store.BatchId;

/** Event: the last task of a batch has finished, so that its result files can be generated. */
public record BatchTasksFinished(BatchId batch) {}
