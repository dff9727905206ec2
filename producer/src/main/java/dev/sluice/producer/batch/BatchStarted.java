package dev.sluice.producer.batch;

/** The tasks of a batch are there to be fed. */
public record BatchStarted(BatchId batch) {}
