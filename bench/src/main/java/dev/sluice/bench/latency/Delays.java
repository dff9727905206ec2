package dev.sluice.bench.latency;

import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.broker.Broker;
import dev.sluice.testkit.process.CloseableStack;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code bench/delays}. */
@Command(
    description = {
      "Sends tasks through the broker's delay levels and measures how late they return.",
      "Exit code 1 if a task is lost or early."
    })
public final class Delays extends Scenario {
  @Option(names = "--tasks", description = "Number of tasks.")
  private int tasks = 20_000;

  @Option(
      names = "--max-delay",
      description = "Maximum delay; delays are uniformly distributed, in seconds.")
  private int maxDelay = 120;

  @Option(
      names = "--amqp-url",
      paramLabel = "URL",
      description = "URL of a broker to measure. Default: starts a private broker.")
  private @Nullable String url;

  @Option(names = "--kill", description = "Kill (-9) and restart the broker during the delays.")
  private boolean kill;

  @Override
  protected void checkOptions() {
    require(
        tasks >= 1 && maxDelay >= 1,
        "--tasks (%d) and --max-delay (%d) must be at least 1".formatted(tasks, maxDelay));
    require(!kill || url == null, "--kill requires the private broker: omit --amqp-url");
  }

  @Override
  protected boolean run(Path folder, CloseableStack open) {
    if (url != null) {
      return measure(url, () -> {});
    }
    Broker broker = open.add(Broker.in(folder));
    return measure(
        broker.start(),
        () -> {
          if (kill) {
            broker.kill();
            broker.start();
          }
        });
  }

  private boolean measure(String broker, Runnable duringDelays) {
    try (DelayLevelRun delayLevelRun = new DelayLevelRun(broker)) {
      delayLevelRun.send(tasks, Duration.ofSeconds(maxDelay));
      System.out.printf("%d tasks delayed by up to %d s%n", delayLevelRun.missing(), maxDelay);
      duringDelays.run();
      delayLevelRun.awaitAll(Duration.ofSeconds(maxDelay).plusMinutes(2));
      Lateness all = delayLevelRun.lateness();
      System.out.println(delayLevelRun.broker() + ": " + all.description());
      System.out.printf("lost %d%n", delayLevelRun.missing());
      return delayLevelRun.missing() == 0 && !all.anyEarly();
    }
  }
}
