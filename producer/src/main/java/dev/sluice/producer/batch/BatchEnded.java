package dev.sluice.producer.batch;

/** Event: the last task of a batch has ended, so that its result files can be generated. */
public record BatchEnded(BatchId batch) {}
