package dev.sluice.system.prompt;

/**
 * One task.
 *
 * @param id unique in its batch
 * @param body the request, byte for byte; no two are the same
 * @param chargedTokens what the provider charges for it
 */
public record BenchmarkTask(String id, String body, long chargedTokens) {}
