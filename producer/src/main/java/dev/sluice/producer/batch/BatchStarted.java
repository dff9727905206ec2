package dev.sluice.producer.batch;

import dev.sluice.producer.store.BatchId;

/** Event: a batch has tasks that can be published, after its validation or a resume. */
public record BatchStarted(BatchId batch) {}
