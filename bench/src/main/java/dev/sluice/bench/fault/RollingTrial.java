package dev.sluice.bench.fault;

import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.process.CloseableStack;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code bench/rolling}. */
@Command(
    description = {
      "Restarts two producers and three workers one after another while a batch runs and live calls go through both producers.",
      "Exit code 1 if a task or a live call is lost, or a request reaches the provider twice."
    })
public final class RollingTrial extends Scenario {
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

  @Override
  protected void checkOptions() {
    require(
        tasks >= 1 && rounds >= 1,
        "--tasks (%d) and --rounds (%d) must be at least 1".formatted(tasks, rounds));
  }

  @Override
  protected boolean run(Path folder, CloseableStack open) throws InterruptedException {
    RollingRun.RunResult runResult = new RollingRun(tasks, rounds, System.out::println).run(folder);
    System.out.println(runResult.text(tasks));
    return runResult.isClean(tasks);
  }
}
