package dev.sluice.producer.batch;

/** A batch was cancelled or paused: what of it is in the broker need not be called. */
public record BatchSuspended(BatchId batch) {}
