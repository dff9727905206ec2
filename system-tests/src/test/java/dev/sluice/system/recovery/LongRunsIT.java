package dev.sluice.system.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.bench.fault.ClusterRun;
import dev.sluice.bench.fault.FaultRun;
import dev.sluice.bench.fault.RollingRun;
import dev.sluice.testkit.broker.RabbitInstallation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Long versions of the fault tests, run by {@code ./sluice test --long}. */
@Tag("long")
class LongRunsIT {
  private static final int FAULTS = 200;
  private static final long SEED = 1;
  private static final int TASKS = 4000;

  @Test
  void twoHundredFaultsLoseNoTaskAndRepeatOnlyCallsInFlight(@TempDir Path folder)
      throws InterruptedException {
    FaultRun.RunResult runResult = new FaultRun(FAULTS, SEED, System.out::println).run(folder);

    assertThat(runResult.balanced()).as(runResult.text()).isTrue();
  }

  @Test
  void clusterSurvivesEachNodeFault(@TempDir Path folder) throws InterruptedException, IOException {
    Optional<RabbitInstallation> installed = RabbitInstallation.found();
    assumeThat(installed).as("RabbitMQ is installed, not in Docker").isPresent();

    ClusterRun.RunResult runResult =
        ClusterRun.longRun(installed.orElseThrow(), 1, Duration.ofSeconds(15), System.out::println)
            .run(folder, installed.orElseThrow().dataFolder());

    assertThat(runResult.balanced()).as(runResult.text()).isTrue();
    assertThat(runResult.members()).as("members of the quorum queues").containsExactly(3);
    assertThat(runResult.live()).as("live calls").containsOnlyKeys("200");
  }

  @Test
  void rollingRestartLosesNothingAndRepeatsNothing(@TempDir Path folder)
      throws InterruptedException {
    RollingRun.RunResult runResult = new RollingRun(TASKS, 1, System.out::println).run(folder);

    assertThat(runResult.isClean(TASKS)).as(runResult.text(TASKS)).isTrue();
  }
}
