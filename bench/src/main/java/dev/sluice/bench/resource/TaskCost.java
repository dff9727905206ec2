package dev.sluice.bench.resource;

import static org.awaitility.Awaitility.await;

import dev.sluice.bench.harness.BatchClient;
import dev.sluice.bench.harness.Pause;
import dev.sluice.bench.harness.ProcessTimes;
import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.run.RunningSluice;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code bench/cost}. */
@Command(
    description = {
      "Prints the CPU time of all processes: idle, then per task of equal batches, whose calls the",
      "provider answers immediately. The first batch runs in JVMs that have just started."
    })
public final class TaskCost extends Scenario {
  private static final Duration TIMEOUT = Duration.ofMinutes(20);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
  private static final int MAX_TOKENS = 100;

  /** Percent of a core per millisecond of CPU time in each second. */
  private static final double MILLISECONDS_PER_PERCENT = 10;

  @Option(names = "--tasks", description = "Number of tasks of each batch.")
  private int tasks = 10_000;

  @Option(names = "--batches", description = "Number of batches, one after another.")
  private int batches = 3;

  @Option(names = "--workers", description = "Number of workers.")
  private int workers = 4;

  @Option(names = "--concurrency", description = "Maximum concurrent calls per worker.")
  private int concurrency = 16;

  @Option(names = "--idle", paramLabel = "SECONDS", description = "Idle time to measure; 0: none.")
  private int idle = 30;

  @Override
  protected boolean run(Path folder, CloseableStack open) {
    RunningSluice sluice =
        open.add(
            RunningSluice.start(
                folder.resolve("home"),
                "--workers",
                Integer.toString(workers),
                "--concurrency",
                Integer.toString(concurrency),
                "--latency",
                "fixed:0ms"));
    ProcessTimes before = ProcessTimes.of(sluice);
    System.out.printf(
        """
        %,d tasks per batch, %d workers with %d concurrent calls each; CPU time, ms per task

        | batch | seconds | %s |
        |---|---%s|
        """,
        tasks, workers, concurrency, before.names(), before.line());
    for (int number = 1; number <= batches; number++) {
      Path file = folder.resolve("batch-%d.jsonl".formatted(number));
      // the CLI continues the batch of an equal file, so each file has other ids
      BatchClient.write(file, number + "-", tasks, MAX_TOKENS, TaskCost::prompt);
      measureBatch(sluice, file, number);
    }
    if (idle > 0) {
      measureIdle(sluice);
    }
    return true;
  }

  private void measureBatch(RunningSluice sluice, Path file, int number) {
    BatchClient client = new BatchClient(sluice);
    ProcessTimes before = ProcessTimes.of(sluice);
    long began = System.nanoTime();
    String batch = client.submit(file);
    await()
        .atMost(TIMEOUT)
        .pollInterval(POLL_INTERVAL)
        .until(() -> BatchClient.isFinished(client.find(batch)));
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.printf(
        "| %d | %.1f | %s |%n",
        number, seconds, ProcessTimes.of(sluice).since(before).millisecondsPer(tasks));
  }

  private void measureIdle(RunningSluice sluice) {
    Pause.of(Duration.ofSeconds(idle)); // after the work, loops back off
    ProcessTimes before = ProcessTimes.of(sluice);
    Pause.of(Duration.ofSeconds(idle));
    System.out.printf(
        "| idle, percent of a core | %d | %s |%n",
        idle,
        ProcessTimes.of(sluice).since(before).millisecondsPer(idle * MILLISECONDS_PER_PERCENT));
  }

  private static String prompt(int line) {
    return "Summarise document %d. ".formatted(line) + "It rains on the town all day. ".repeat(20);
  }
}
