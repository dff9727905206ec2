package dev.sluice.system.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bench.fault.FaultRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short version of {@code bench/faults}. */
@Tag("faults")
class FaultsIT {
  private static final int FAULTS = 12;
  private static final long SEED = 400;

  @Test
  void randomFaultsLoseNoTaskAndRepeatOnlyCallsInFlight(@TempDir Path folder)
      throws InterruptedException {
    FaultRun.RunResult runResult = new FaultRun(FAULTS, SEED, System.out::println).run(folder);

    assertThat(runResult.balanced()).as(runResult.text()).isTrue();
  }
}
