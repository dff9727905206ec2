package dev.sluice.bench.resource;

import static org.awaitility.Awaitility.await;

import dev.sluice.bench.harness.BatchClient;
import dev.sluice.bench.harness.Pause;
import dev.sluice.bench.harness.ProcessStats;
import dev.sluice.bench.harness.Report;
import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.run.RunningSluice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command {@code bench/memory}. Linux only. */
@Command(
    description = {
      "Measures a worker's memory, idle and with its maximum number of running calls, and its CPU"
          + " usage while it is idle."
    })
public final class Footprint extends Scenario {
  private static final String WORKER = "worker-1";
  private static final Duration CALL = Duration.ofSeconds(60);
  private static final Duration RUNNING_TIMEOUT = Duration.ofSeconds(50);
  private static final double MIB = 1 << 20;
  private static final int WORDS = 400;

  @Option(names = "--calls", description = "Maximum concurrent calls of the worker.")
  private int calls = 256;

  @Option(names = "--idle-seconds", description = "Duration of the idle measurement, in seconds.")
  private int idleSeconds = 60;

  @Option(
      names = "--redis-url",
      paramLabel = "URL",
      description = "URL of a Redis for shared limits. Default: no Redis.")
  private @Nullable String redisUrl;

  @Mixin private Report report = new Report();

  @Override
  protected boolean run(Path folder, CloseableStack open) {
    RunningSluice sluice = open.add(RunningSluice.start(folder, options()));
    long worker = Objects.requireNonNull(sluice.processes().get(WORKER));
    settle();
    Duration before = ProcessStats.cpuTime(worker);
    Pause.of(Duration.ofSeconds(idleSeconds));
    Duration whileIdle = ProcessStats.cpuTime(worker).minus(before);
    MemoryUsage idle = MemoryUsage.of(worker, folder);
    String text = "word ".repeat(WORDS);
    new BatchClient(sluice)
        .submit(
            BatchClient.write(
                folder.resolve("batch.jsonl"), "", calls, 64, line -> line + " " + text));
    await().atMost(RUNNING_TIMEOUT).until(() -> sluice.callsInFlight() == calls);
    report(idle, whileIdle, MemoryUsage.of(worker, folder));
    return true;
  }

  private String[] options() {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--concurrency", Integer.toString(calls),
                "--rpm", "600000",
                "--latency", "fixed:%ds".formatted(CALL.toSeconds())));
    if (redisUrl != null) {
      options.addAll(List.of("--redis-url", redisUrl));
    }
    return options.toArray(String[]::new);
  }

  /**
   * Waits for work that follows a start: JIT compilation, the first worker reports, a training run.
   */
  private static void settle() {
    Pause.of(Duration.ofSeconds(15));
  }

  private void report(MemoryUsage idle, Duration whileIdle, MemoryUsage busy) {
    report.write(
        "performance.md",
        "memory",
        """
        %s

        | a worker | resident | of this, heap in use | CPU |
        |---|--:|--:|--:|
        | idle, with capacity for %d calls | %.0f MiB | %.0f MiB | %.2f %% (%d s) |
        | with %d calls running | %.0f MiB | %.0f MiB | |
        """
            .formatted(
                Report.caption(commandName()),
                calls,
                idle.resident() / MIB,
                idle.heap() / MIB,
                100.0 * whileIdle.toMillis() / Duration.ofSeconds(idleSeconds).toMillis(),
                idleSeconds,
                calls,
                busy.resident() / MIB,
                busy.heap() / MIB));
  }
}
