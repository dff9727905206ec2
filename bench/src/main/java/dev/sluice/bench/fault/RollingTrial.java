package dev.sluice.bench.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Command {@code bench/rolling}. */
@Command(
    name = "bench/rolling",
    description = {
      "Restarts two producers and three workers one after another while a batch runs and live calls go through both producers.",
      "Exit code 1 if a task or a live call is lost, or a request reaches the provider twice."
    },
    sortOptions = false,
    usageHelpAutoWidth = true,
    mixinStandardHelpOptions = true)
public final class RollingTrial implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "4000",
      description = "Tasks in the batch. Default: ${DEFAULT-VALUE}, about 3 minutes.")
  private int tasks;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "1",
      description = "Number of restarts of each process. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    System.exit(new CommandLine(new RollingTrial()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (tasks < 1 || rounds < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--tasks (%d) and --rounds (%d) must be at least 1".formatted(tasks, rounds));
    }
    Path folder = Files.createTempDirectory("sluice-rolling");
    System.out.println("logs: " + folder);
    RollingRun.RunResult runResult = new RollingRun(tasks, rounds, System.out::println).run(folder);
    System.out.println(runResult.text(tasks));
    return runResult.isClean(tasks) ? 0 : 1;
  }
}
