package dev.sluice.bench.system;

import dev.sluice.bench.prompt.BenchmarkTask;
import dev.sluice.bench.prompt.BenchmarkTasks;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The workload of a system and its configuration.
 *
 * @param provider base URL of the provider
 * @param key API key, the same for all workers
 * @param prompts the tasks
 * @param known the limits; empty if the system is not configured with them
 * @param meanLatency mean latency of a call
 * @param folder folder for the system's files
 * @param redisPort port of its Redis; 0 if it has none
 */
public record BenchmarkInput(
    URI provider,
    String key,
    List<BenchmarkTask> prompts,
    Optional<KnownLimits> known,
    Duration meanLatency,
    Path folder,
    int redisPort) {

  /** Limits per minute. */
  public record KnownLimits(long requests, long tokens) {}

  public BenchmarkInput {
    prompts = List.copyOf(prompts);
  }

  /** Tasks per second that the known request and token limits allow. */
  Optional<Double> tasksPerSecond() {
    double meanCharge = BenchmarkTasks.meanCharge(prompts);
    return known.map(
        limits -> Math.min((double) limits.requests(), limits.tokens() / meanCharge) / 60);
  }
}
