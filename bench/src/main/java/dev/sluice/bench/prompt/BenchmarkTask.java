package dev.sluice.bench.prompt;

/**
 * A benchmark task.
 *
 * @param id unique in its batch
 * @param body the request body; unique
 * @param chargedTokens tokens that the provider charges
 */
public record BenchmarkTask(String id, String body, long chargedTokens) {}
