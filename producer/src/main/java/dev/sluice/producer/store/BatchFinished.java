package dev.sluice.producer.store;

import dev.sluice.producer.access.Project;

/**
 * Event: a batch has reached a terminal status; published within the transaction that finishes it.
 */
public record BatchFinished(Project project, BatchId batch, BatchStatus status) {}
