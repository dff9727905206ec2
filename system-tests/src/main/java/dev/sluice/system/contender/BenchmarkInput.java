package dev.sluice.system.contender;

import dev.sluice.system.prompt.BenchmarkTask;
import dev.sluice.system.prompt.BenchmarkTasks;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a contender is put to, and what its user knows.
 *
 * @param provider base URL of the provider
 * @param key its key, the same for all workers
 * @param prompts the tasks
 * @param known the limits; empty where nobody knows them
 * @param meanLatency of one call, as the user has seen it
 * @param folder for its files
 * @param redisPort of a Redis for it; 0 where it has none
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

  /** How many such tasks a second the known limits allow, requests and tokens. */
  Optional<Double> tasksPerSecond() {
    double meanCharge = BenchmarkTasks.meanCharge(prompts);
    return known.map(
        limits -> Math.min((double) limits.requests(), limits.tokens() / meanCharge) / 60);
  }
}
