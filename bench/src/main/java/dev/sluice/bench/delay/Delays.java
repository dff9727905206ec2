package dev.sluice.bench.delay;

import dev.sluice.testkit.broker.Broker;
import dev.sluice.testkit.process.CloseableStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Command {@code bench/delays}. */
@Command(
    name = "bench/delays",
    description = {
      "Sends tasks through the broker's delay levels and measures how late they return.",
      "Exit code 1 if a task is lost or early."
    },
    sortOptions = false,
    usageHelpAutoWidth = true,
    mixinStandardHelpOptions = true)
public final class Delays implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Number of tasks. Default: ${DEFAULT-VALUE}.")
  private int tasks;

  @Option(
      names = "--max-delay",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "Maximum delay; delays are uniformly distributed. Default: ${DEFAULT-VALUE}.")
  private int maxDelay;

  @Option(
      names = "--amqp-url",
      paramLabel = "URL",
      description = "URL of a broker to measure. Default: starts a private broker.")
  private @Nullable String url;

  @Option(names = "--kill", description = "Kill (-9) and restart the broker during the delays.")
  private boolean kill;

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    System.exit(new CommandLine(new Delays()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (tasks < 1 || maxDelay < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--tasks (%d) and --max-delay (%d) must be at least 1".formatted(tasks, maxDelay));
    }
    if (kill && url != null) {
      throw new ParameterException(
          spec.commandLine(), "--kill requires the private broker: omit --amqp-url");
    }
    try (CloseableStack open = new CloseableStack().closeAtExit()) {
      if (url != null) {
        return measure(url, () -> {});
      }
      Path folder = Files.createTempDirectory("sluice-delays");
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
  }

  private int measure(String broker, Runnable duringDelays) throws InterruptedException {
    try (DelayLevelRun delayLevelRun = new DelayLevelRun(broker)) {
      delayLevelRun.send(tasks, Duration.ofSeconds(maxDelay));
      System.out.printf("%d tasks delayed by up to %d s%n", delayLevelRun.missing(), maxDelay);
      duringDelays.run();
      delayLevelRun.awaitAll(Duration.ofSeconds(maxDelay).plusMinutes(2));
      Lateness all = delayLevelRun.lateness();
      System.out.println(delayLevelRun.broker() + ": " + all.description());
      System.out.printf("lost %d%n", delayLevelRun.missing());
      return delayLevelRun.missing() == 0 && !all.anyEarly() ? 0 : 1;
    }
  }
}
