package dev.sluice.system.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.system.run.Documents;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("faults")
class GracefulStopIT {
  private static final int RUNNING = 100;
  private static final Duration CALL = Duration.ofSeconds(8);

  /**
   * Time that a busy machine needs to close connections and end the process, after the last call.
   */
  private static final Duration SHUTDOWN_TIME = Duration.ofSeconds(30);

  @Test
  void gracefulStopWithHundredCallsLosesAndRepeatsNone(@TempDir Path folder) {
    List<String> names = Documents.write(folder.resolve("documents"), 3 * RUNNING);
    Path file = folder.resolve("summaries.jsonl");
    try (RunningSluice sluice =
        RunningSluice.start(
            folder.resolve("home"),
            "--concurrency",
            Integer.toString(RUNNING),
            "--rpm",
            "6000",
            "--latency",
            "fixed:%ds".formatted(CALL.toSeconds()))) {
      CompletableFuture<Checkout.RunResult> run =
          sluice.cliAsync(
              "summarize",
              folder.resolve("documents").toString(),
              "--model",
              "gpt-4o-mini",
              "--out",
              file.toString());
      await().atMost(Duration.ofMinutes(3)).until(() -> sluice.callsInFlight() == RUNNING);

      int before = sluice.calls().size();
      Duration stop = sluice.terminate("worker-1");

      assertThat(stop).isLessThan(CALL.plus(SHUTDOWN_TIME));
      await().atMost(SHUTDOWN_TIME).until(() -> sluice.callsInFlight() == 0);
      assertThat(sluice.calls().size() - before)
          .as("only the calls in flight, and those that replaced some until the signal")
          .isLessThan(2 * RUNNING);
      sluice.restart("worker-1");
      Checkout.RunResult runResult = run.join();
      assertThat(runResult.exitCode()).as(runResult.err()).isZero();
      Documents.assertSummarised(names, file);
      assertThat(sluice.calls()).hasSize(names.size());
    }
  }
}
