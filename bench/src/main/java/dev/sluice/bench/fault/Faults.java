package dev.sluice.bench.fault;

import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.process.CloseableStack;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code bench/faults}. */
@Command(
    description = {
      "Injects random faults into processes, connections and messages while batches run, and accounts for every task.",
      "Exit code 1 if the ledger does not balance."
    })
public final class Faults extends Scenario {
  @Option(names = "--faults", description = "Number of faults. The default takes about 20 minutes.")
  private int faults = 200;

  @Option(names = "--seed", description = "Seed of the random faults.")
  private long seed = 1;

  @Override
  protected void checkOptions() {
    require(faults >= 1, "--faults (%d) must be at least 1".formatted(faults));
  }

  @Override
  protected boolean run(Path folder, CloseableStack open) throws InterruptedException {
    FaultRun.RunResult runResult = new FaultRun(faults, seed, System.out::println).run(folder);
    System.out.println(runResult.text());
    return runResult.balanced();
  }
}
