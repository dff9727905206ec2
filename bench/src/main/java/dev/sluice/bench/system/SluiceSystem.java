package dev.sluice.bench.system;

import static org.awaitility.Awaitility.await;

import dev.sluice.bench.harness.BatchClient;
import dev.sluice.bench.prompt.BenchmarkTasks;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Folders;
import dev.sluice.testkit.run.RunningSluice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sluice as {@code ./sluice dev} starts it, used through the CLI. */
final class SluiceSystem implements SystemUnderTest {
  private final boolean sharesInRedis;

  SluiceSystem(boolean sharesInRedis) {
    this.sharesInRedis = sharesInRedis;
  }

  @Override
  public String name() {
    return "Sluice";
  }

  @Override
  public boolean usesRedis() {
    return sharesInRedis;
  }

  @Override
  public Running start(BenchmarkInput benchmarkInput, CloseableStack open) {
    Path routes = benchmarkInput.folder().resolve("routes.yaml");
    Folders.write(routes, routes(benchmarkInput));
    List<String> options =
        new ArrayList<>(
            List.of("--workers", Integer.toString(WORKERS), "--routes", routes.toString()));
    if (sharesInRedis) {
      options.addAll(List.of("--redis-url", "redis://127.0.0.1:" + benchmarkInput.redisPort()));
    }
    RunningSluice sluice =
        open.add(
            RunningSluice.start(
                benchmarkInput.folder().resolve("home"), options.toArray(String[]::new)));
    return new RunningBatch(sluice, benchmarkInput);
  }

  private static String routes(BenchmarkInput benchmarkInput) {
    String limits =
        benchmarkInput
            .known()
            .map(
                knownLimits ->
                    "limits: {requests-per-minute: %d, tokens-per-minute: %d}"
                        .formatted(knownLimits.requests(), knownLimits.tokens()))
            .orElse("# limits: learned");
    return """
        sluice:
          routes:
            - name: bench
              models: [%s]
              provider:
                url: %s
                api-key: %s
              %s
        """
        .formatted(BenchmarkTasks.MODEL, benchmarkInput.provider(), benchmarkInput.key(), limits);
  }

  /** Submits one batch through the CLI and polls its progress through the API. */
  private record RunningBatch(RunningSluice sluice, BenchmarkInput benchmarkInput)
      implements Running {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    public RunResult work(Duration timeout) {
      BatchClient batches = new BatchClient(sluice);
      Path file = benchmarkInput.folder().resolve("batch.jsonl");
      BenchmarkTasks.writeBatch(benchmarkInput.prompts(), file);
      long began = System.nanoTime();
      String batch = batches.submit(file);
      try {
        await()
            .atMost(timeout)
            .pollInterval(Duration.ofMillis(100))
            .until(() -> BatchClient.isFinished(batches.find(batch)));
      } catch (ConditionTimeoutException unfinished) {
        // The request counts show the progress.
      }
      Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
      JsonNode ended = batches.find(batch);
      int answered =
          ended.path("output_file_id").isNull()
              ? ended.at("/request_counts/completed").asInt()
              : lines(ended);
      return new RunResult(answered, ended.at("/request_counts/failed").asInt(), elapsed);
    }

    /** Counts the distinct ids of the successful lines in the output file. */
    private int lines(JsonNode batch) {
      String path = "/v1/files/" + batch.path("output_file_id").asString() + "/content";
      return (int)
          sluice
              .get(path)
              .lines()
              .map(JSON::readTree)
              .filter(BatchClient::isAnswered)
              .map(line -> line.path("custom_id").asString())
              .distinct()
              .count();
    }

    @Override
    public void killWorker() {
      sluice.kill("worker-2");
    }
  }
}
