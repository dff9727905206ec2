package dev.sluice.producer.batch;

/** A batch waits to be validated. */
public record BatchCreated(BatchId batch) {}
