package dev.sluice.system.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.bench.fault.ClusterRun;
import dev.sluice.testkit.broker.RabbitInstallation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short version of {@code bench/cluster}. */
@Tag("faults")
class ClusterIT {

  @Test
  void leaderAndMajorityLossLoseNoTaskAndRepeatOnlyCallsInFlight(@TempDir Path folder)
      throws InterruptedException, IOException {
    Optional<RabbitInstallation> installed = RabbitInstallation.found();
    assumeThat(installed).as("RabbitMQ is installed, not in Docker").isPresent();

    ClusterRun.RunResult runResult =
        ClusterRun.shortRun(installed.orElseThrow(), System.out::println)
            .run(folder, installed.orElseThrow().dataFolder());

    assertThat(runResult.balanced()).as(runResult.text()).isTrue();
    assertThat(runResult.members()).as("members of the quorum queues").containsExactly(3);
    assertThat(runResult.live()).as("live calls").containsOnlyKeys("200");
  }
}
