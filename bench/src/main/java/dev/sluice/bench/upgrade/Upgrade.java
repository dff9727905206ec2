package dev.sluice.bench.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code bench/upgrade}. */
@Command(
    name = "bench/upgrade [COMMIT]",
    description = {
      "Starts an earlier version, upgrades its processes one by one while batches run, downgrades one worker, and accounts for every task.",
      "Exit code 1 if a line has no result or two results, or was called twice."
    },
    sortOptions = false,
    usageHelpAutoWidth = true,
    mixinStandardHelpOptions = true)
public final class Upgrade implements Callable<Integer> {
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

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    System.exit(new CommandLine(new Upgrade()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (from == null) {
      throw new IllegalStateException("--from is missing: run bench/upgrade, which sets it");
    }
    Path folder = Files.createTempDirectory("sluice-upgrade");
    System.out.println("logs: " + folder);
    RollingUpgrade.RunResult runResult =
        new RollingUpgrade(from, lines, System.out::println).run(folder);
    System.out.println(runResult.text());
    return runResult.isClean() ? 0 : 1;
  }
}
