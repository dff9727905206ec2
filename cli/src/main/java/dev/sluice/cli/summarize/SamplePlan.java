package dev.sluice.cli.summarize;

import java.util.List;
import java.util.Optional;

/**
 * The batches of a run.
 *
 * @param sample the documents that run first; empty without a sample
 * @param main the other documents
 * @param documents names of all documents, in order
 */
record SamplePlan(Optional<DocumentBatch> sample, DocumentBatch main, List<String> documents) {}
