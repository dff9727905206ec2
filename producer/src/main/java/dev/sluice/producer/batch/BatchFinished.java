package dev.sluice.producer.batch;

import dev.sluice.producer.access.Project;

/** A batch came to its end; told within the transaction that brings it there. */
public record BatchFinished(Project project, BatchId batch, BatchStatus status) {}
