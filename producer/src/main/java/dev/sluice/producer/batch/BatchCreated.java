package dev.sluice.producer.batch;

/** Event: a batch waits for its validation. */
public record BatchCreated(BatchId batch) {}
