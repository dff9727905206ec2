package dev.sluice.client.batch;

/**
 * The state of a batch.
 *
 * @param id the batch id
 * @param status OpenAI's status, such as {@code in_progress} or {@code completed}
 * @param outputFile the id of the output file; empty until it exists
 */
public record BatchInfo(String id, String status, String outputFile) {}
