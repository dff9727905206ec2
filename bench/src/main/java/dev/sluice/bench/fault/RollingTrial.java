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
  @Option(names = "--tasks", description = "Tasks in the batch. The default takes about 3 minutes.")
  private int tasks = 4000;

  @Option(names = "--rounds", description = "Number of restarts of each process.")
  private int rounds = 1;

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
