package dev.sluice.system.delay;

import dev.sluice.system.run.Broker;
import dev.sluice.system.run.CloseableStack;
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

/** Command {@code system-tests/bench/delays}. */
@Command(
    name = "system-tests/bench/delays",
    description = {
      "Sends tasks to wait in the broker, each for a time of its own, and measures how late they come back.",
      "Exit code 1 where one is lost or early."
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
      description = "How many wait. Default: ${DEFAULT-VALUE}.")
  private int tasks;

  @Option(
      names = "--longest",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "Delays are drawn up to it, evenly. Default: ${DEFAULT-VALUE}.")
  private int longest;

  @Option(
      names = "--amqp-url",
      paramLabel = "URL",
      description = "A broker of your own. Default: a private one is started.")
  private @Nullable String url;

  @Option(names = "--kill", description = "kill -9 of the broker in the middle, and a start.")
  private boolean kill;

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    System.exit(new CommandLine(new Delays()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (tasks < 1 || longest < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--tasks (%d) and --longest (%d) are at least 1".formatted(tasks, longest));
    }
    if (kill && url != null) {
      throw new ParameterException(
          spec.commandLine(), "--kill needs the private broker: leave --amqp-url out");
    }
    try (CloseableStack open = new CloseableStack().closedAtExit()) {
      if (url != null) {
        return measured(url, () -> {});
      }
      Path folder = Files.createTempDirectory("sluice-delays");
      Broker broker = open.add(Broker.in(folder));
      return measured(
          broker.start(),
          () -> {
            if (kill) {
              broker.kill();
              broker.start();
            }
          });
    }
  }

  private int measured(String broker, Runnable inTheMiddle) throws InterruptedException {
    try (DelayLevelRun delayLevelRun = new DelayLevelRun(broker)) {
      delayLevelRun.send(tasks, Duration.ofSeconds(longest));
      System.out.printf("%d tasks wait for up to %d s%n", delayLevelRun.missing(), longest);
      inTheMiddle.run();
      delayLevelRun.awaitAll(Duration.ofSeconds(longest).plusMinutes(2));
      Lateness all = delayLevelRun.lateness();
      System.out.println(delayLevelRun.broker() + ": " + all.shown());
      System.out.printf("lost %d%n", delayLevelRun.missing());
      return delayLevelRun.missing() == 0 && !all.anyEarly() ? 0 : 1;
    }
  }
}
