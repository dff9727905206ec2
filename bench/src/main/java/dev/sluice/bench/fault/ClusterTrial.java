package dev.sluice.bench.fault;

import dev.sluice.testkit.broker.RabbitInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Command {@code bench/cluster}. */
@Command(
    name = "bench/cluster",
    description = {
      "Starts three nodes of an installed RabbitMQ, injects node faults while batches run, and accounts for every task.",
      "Exit code 1 if the ledger does not balance."
    },
    sortOptions = false,
    usageHelpAutoWidth = true,
    mixinStandardHelpOptions = true)
public final class ClusterTrial implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Number of times that each fault is injected. Default: ${DEFAULT-VALUE}, about 15 minutes.")
  private int rounds;

  @Option(
      names = "--down",
      paramLabel = "SECONDS",
      defaultValue = "15",
      description = "Seconds until a killed node is started again. Default: ${DEFAULT-VALUE}.")
  private int down;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description =
          "Root folder of another Debian system, whose RabbitMQ runs in a chroot. Default: ${DEFAULT-VALUE}, this system.")
  private Path root = Path.of("/");

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    System.exit(new CommandLine(new ClusterTrial()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (rounds < 1) {
      throw new ParameterException(
          spec.commandLine(), "--rounds (%d) must be at least 1".formatted(rounds));
    }
    RabbitInstallation installation = new RabbitInstallation(root.toAbsolutePath().normalize());
    Path folder = Files.createTempDirectory("sluice-cluster");
    System.out.println("logs: " + folder);
    ClusterRun.RunResult runResult =
        ClusterRun.longRun(installation, rounds, Duration.ofSeconds(down), System.out::println)
            .run(folder, installation.dataFolder());
    System.out.println(runResult.text());
    return runResult.balanced() ? 0 : 1;
  }
}
