package dev.sluice.client.batch;

/**
 * How a batch stands.
 *
 * @param status as OpenAI names it, such as {@code in_progress} or {@code completed}
 * @param outputFile the id of its output file; empty before it has one
 */
public record BatchInfo(String id, String status, String outputFile) {}
