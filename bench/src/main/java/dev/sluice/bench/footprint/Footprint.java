package dev.sluice.bench.footprint;

import static org.awaitility.Awaitility.await;

import dev.sluice.bench.harness.CpuTime;
import dev.sluice.bench.harness.Machine;
import dev.sluice.bench.report.GeneratedSection;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Folders;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code bench/memory}. Linux only. */
@Command(
    name = "bench/memory",
    description = {
      "Measures a worker's memory, idle and with its maximum number of running calls, and its CPU"
          + " usage while it is idle."
    },
    sortOptions = false,
    usageHelpAutoWidth = true,
    mixinStandardHelpOptions = true)
public final class Footprint implements Callable<Integer> {
  private static final String WORKER = "worker-1";
  private static final Duration CALL = Duration.ofSeconds(60);
  private static final Duration RUNNING_TIMEOUT = Duration.ofSeconds(50);
  private static final double MIB = 1 << 20;
  private static final int WORDS = 400;

  @Option(
      names = "--calls",
      paramLabel = "N",
      defaultValue = "256",
      description = "Maximum concurrent calls of the worker. Default: ${DEFAULT-VALUE}.")
  private int calls;

  @Option(
      names = "--idle-seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "Duration of the idle measurement, in seconds. Default: ${DEFAULT-VALUE}.")
  private int idleSeconds;

  @Option(
      names = "--redis-url",
      paramLabel = "URL",
      description = "URL of a Redis for shared limits. Default: no Redis.")
  private String redisUrl = "";

  @Option(names = "--publish", description = "Also write the table to docs/performance.md.")
  private boolean publish;

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT); // locale-independent number format
    System.exit(new CommandLine(new Footprint()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("sluice-memory-");
    System.err.println(Machine.now().description());
    try (CloseableStack open = new CloseableStack().closeAtExit()) {
      open.add(() -> Folders.delete(folder));
      RunningSluice sluice = open.add(RunningSluice.start(folder, options()));
      long worker = Objects.requireNonNull(sluice.processes().get(WORKER));
      settle();
      Duration before = CpuTime.of(worker);
      pause(Duration.ofSeconds(idleSeconds));
      Duration whileIdle = CpuTime.of(worker).minus(before);
      MemoryUsage idle = MemoryUsage.of(worker, folder);
      submit(sluice, folder);
      await().atMost(RUNNING_TIMEOUT).until(() -> sluice.callsInFlight() == calls);
      MemoryUsage busy = MemoryUsage.of(worker, folder);
      report(idle, whileIdle, busy);
    }
    return 0;
  }

  private String[] options() {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--concurrency", Integer.toString(calls),
                "--rpm", "600000",
                "--latency", "fixed:%ds".formatted(CALL.toSeconds())));
    if (!redisUrl.isEmpty()) {
      options.addAll(List.of("--redis-url", redisUrl));
    }
    return options.toArray(String[]::new);
  }

  /**
   * Waits for work that follows a start: JIT compilation, the first worker reports, a training run.
   */
  private static void settle() {
    pause(Duration.ofSeconds(15));
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }

  private void submit(RunningSluice sluice, Path folder) throws IOException {
    String text = "word ".repeat(WORDS);
    Path batch =
        Files.writeString(
            folder.resolve("batch.jsonl"),
            IntStream.range(0, calls)
                .mapToObj(
                    i ->
                        """
                        {"custom_id":"%d","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini",\
                        "max_tokens":64,"messages":[{"role":"user","content":"%d %s"}]}}"""
                            .formatted(i, i, text))
                .collect(Collectors.joining("\n")));
    Checkout.RunResult runResult = sluice.cli("submit", batch.toString());
    if (runResult.exitCode() != 0) {
      throw new IllegalStateException(runResult.err());
    }
  }

  private void report(MemoryUsage idle, Duration whileIdle, MemoryUsage busy) {
    String table =
        """
        Written by `bench/memory` on %s; %s.

        | a worker | resident | of this, heap in use | CPU |
        |---|--:|--:|--:|
        | idle, with capacity for %d calls | %.0f MiB | %.0f MiB | %.2f %% (%d s) |
        | with %d calls running | %.0f MiB | %.0f MiB | |
        """
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                Machine.now().hardware(),
                calls,
                idle.resident() / MIB,
                idle.heap() / MIB,
                100.0 * whileIdle.toMillis() / Duration.ofSeconds(idleSeconds).toMillis(),
                idleSeconds,
                calls,
                busy.resident() / MIB,
                busy.heap() / MIB);
    System.out.print(table);
    if (publish) {
      new GeneratedSection(Checkout.root().resolve("docs/performance.md"), "memory").write(table);
    }
  }
}
