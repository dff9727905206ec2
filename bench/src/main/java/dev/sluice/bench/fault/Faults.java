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

/** Command {@code bench/faults}. */
@Command(
    name = "bench/faults",
    description = {
      "Injects random faults into processes, connections and messages while batches run, and accounts for every task.",
      "Exit code 1 if the ledger does not balance."
    },
    sortOptions = false,
    usageHelpAutoWidth = true,
    mixinStandardHelpOptions = true)
public final class Faults implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--faults",
      paramLabel = "N",
      defaultValue = "200",
      description = "Number of faults. Default: ${DEFAULT-VALUE}, about 20 minutes.")
  private int faults;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the random faults. Default: ${DEFAULT-VALUE}.")
  private long seed;

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    System.exit(new CommandLine(new Faults()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (faults < 1) {
      throw new ParameterException(
          spec.commandLine(), "--faults (%d) must be at least 1".formatted(faults));
    }
    Path folder = Files.createTempDirectory("sluice-faults");
    System.out.println("logs: " + folder);
    FaultRun.RunResult runResult = new FaultRun(faults, seed, System.out::println).run(folder);
    System.out.println(runResult.text());
    return runResult.balanced() ? 0 : 1;
  }
}
