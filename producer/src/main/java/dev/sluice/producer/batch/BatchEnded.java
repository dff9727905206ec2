package dev.sluice.producer.batch;

/** A batch's last task has ended: its files can be made. */
public record BatchEnded(BatchId batch) {}
