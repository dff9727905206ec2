package dev.sluice.bench.fault;

import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.broker.RabbitInstallation;
import dev.sluice.testkit.process.CloseableStack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code bench/cluster}. */
@Command(
    description = {
      "Starts three nodes of an installed RabbitMQ, injects node faults while batches run, and accounts for every task.",
      "Exit code 1 if the ledger does not balance."
    })
public final class ClusterTrial extends Scenario {
  @Option(
      names = "--rounds",
      description =
          "Number of times that each fault is injected. The default takes about 15 minutes.")
  private int rounds = 3;

  @Option(names = "--down", description = "Seconds until a killed node is started again.")
  private int down = 15;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Root folder of another Debian system, whose RabbitMQ runs in a chroot.")
  private Path root = Path.of("/");

  @Override
  protected void checkOptions() {
    require(rounds >= 1, "--rounds (%d) must be at least 1".formatted(rounds));
  }

  @Override
  protected boolean run(Path folder, CloseableStack open) throws IOException, InterruptedException {
    RabbitInstallation installation = new RabbitInstallation(root.toAbsolutePath().normalize());
    ClusterRun.RunResult runResult =
        ClusterRun.longRun(installation, rounds, Duration.ofSeconds(down), System.out::println)
            .run(folder, installation.dataFolder());
    System.out.println(runResult.text());
    return runResult.balanced();
  }
}
