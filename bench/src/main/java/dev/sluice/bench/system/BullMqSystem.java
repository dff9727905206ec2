package dev.sluice.bench.system;

import dev.sluice.bench.prompt.BenchmarkTasks;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BullMQ with its own limiter, which all workers share through Redis. It counts jobs, so the token
 * limit becomes a job limit by mean task size. The limit is one job per interval in milliseconds,
 * because that spaces calls evenly. Its programs are in {@code bench/bullmq}.
 */
final class BullMqSystem implements SystemUnderTest {
  @Override
  public String name() {
    return "BullMQ";
  }

  @Override
  public boolean usesRedis() {
    return true;
  }

  @Override
  public Running start(BenchmarkInput benchmarkInput, CloseableStack open) {
    Path programs = Checkout.root().resolve("bench/bullmq");
    Map<String, String> environment = new HashMap<>();
    environment.put("REDIS_PORT", Integer.toString(benchmarkInput.redisPort()));
    environment.put("PROVIDER_URL", benchmarkInput.provider().toString());
    environment.put("PROVIDER_KEY", benchmarkInput.key());
    benchmarkInput
        .tasksPerSecond()
        .map(perSecond -> (long) Math.ceil(1000 / perSecond))
        .ifPresent(millis -> environment.put("MILLIS_PER_JOB", Long.toString(millis)));
    return new Jobs(benchmarkInput, programs, environment, open);
  }

  private static final class Jobs implements Running {
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);

    private final BenchmarkInput benchmarkInput;
    private final Path programs;
    private final Map<String, String> environment;
    private final List<ChildProcess> workers;

    Jobs(
        BenchmarkInput benchmarkInput,
        Path programs,
        Map<String, String> environment,
        CloseableStack open) {
      this.benchmarkInput = benchmarkInput;
      this.programs = programs;
      this.environment = environment;
      this.workers = WorkerStarter.all(WORKERS, READY_TIMEOUT, number -> open.add(worker(number)));
    }

    private ChildProcess worker(int number) {
      Path log = benchmarkInput.folder().resolve("bullmq-worker-%d.log".formatted(number));
      return node(log, "worker.mjs");
    }

    private ChildProcess node(Path log, String program, String... arguments) {
      List<String> command = new ArrayList<>(List.of("node"));
      command.add(programs.resolve(program).toString());
      command.addAll(List.of(arguments));
      return ChildProcess.start(log, environment, command);
    }

    @Override
    public RunResult work(Duration timeout) {
      Path batch = benchmarkInput.folder().resolve("batch.jsonl");
      BenchmarkTasks.writeBatch(benchmarkInput.prompts(), batch);
      Path results = benchmarkInput.folder().resolve("bullmq-results");
      long began = System.nanoTime();
      try (ChildProcess submit =
          node(
              benchmarkInput.folder().resolve("bullmq-submit.log"),
              "submit.mjs",
              batch.toString(),
              results.toString())) {
        submit.succeeds(timeout);
      }
      Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
      return new RunResult(count(results, "completed "), count(results, "failed "), elapsed);
    }

    private static int count(Path results, String prefix) {
      return !Files.exists(results)
          ? 0
          : (int)
              Folders.read(results)
                  .lines()
                  .filter(line -> line.startsWith(prefix))
                  .distinct()
                  .count();
    }

    @Override
    public void killWorker() {
      workers.get(1).kill();
    }
  }
}
