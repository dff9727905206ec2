package dev.sluice.system.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bench.fault.RollingRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short version of {@code bench/rolling}. */
@Tag("faults")
class RollingRestartIT {
  private static final int TASKS = 2500;

  @Test
  void rollingRestartLosesAndRepeatsNothingAndFailsNoLiveCall(@TempDir Path folder)
      throws InterruptedException {
    RollingRun.RunResult runResult = new RollingRun(TASKS, 1, System.out::println).run(folder);

    assertThat(runResult.isClean(TASKS)).as(runResult.text(TASKS)).isTrue();
  }
}
