package dev.sluice.bench.upgrade;

import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.process.CloseableStack;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code bench/upgrade}. */
@Command(
    description = {
      "Starts an earlier version, upgrades its processes one by one while batches run, downgrades one worker, and accounts for every task.",
      "Exit code 1 if a line has no result or two results, or was called twice."
    })
public final class Upgrade extends Scenario {
  @Option(
      names = "--from",
      paramLabel = "FOLDER",
      description = "Checkout of the earlier version. Default: a new checkout of COMMIT.")
  private @Nullable Path from;

  @Option(
      names = "--lines",
      paramLabel = "N",
      defaultValue = "600",
      description = "Lines of each of the two batches. Default: ${DEFAULT-VALUE}.")
  private int lines;

  @Override
  protected boolean run(Path folder, CloseableStack open) {
    RollingUpgrade.RunResult runResult =
        new RollingUpgrade(Objects.requireNonNull(from), lines, System.out::println).run(folder);
    System.out.println(runResult.text());
    return runResult.isClean();
  }

  @Override
  protected void checkOptions() {
    require(from != null, "--from is missing: bench/upgrade sets it");
  }
}
