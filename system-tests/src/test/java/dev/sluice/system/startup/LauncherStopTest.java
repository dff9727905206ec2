package dev.sluice.system.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the loop in which {@code ./sluice dev} waits for the end, without its processes. */
class LauncherStopTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /**
   * Stops as {@code ./sluice dev} does, and reads the output of subprocesses for longer than the
   * one second of the loop's wait: bash has crashed there.
   */
  private static final String LAUNCHER =
      """
      set -euo pipefail
      source launcher/stack.sh
      finish() {
        trap '' INT TERM HUP
        trap - EXIT
        for ((i = 0; i < 60; i++)); do x=$(sleep 0.02); done
        echo stopped
      }
      trap finish EXIT
      trap 'exit 0' INT TERM HUP
      mkdir "$RUN_HOME/run"
      STACK=()
      (sleep 0.3 && echo ready) &
      watch_stack
      """;

  @TempDir private Path folder = Path.of("");

  @Test
  void signalStopsEverythingAfterTheWaitOfTheLoop() throws IOException, InterruptedException {
    ProcessBuilder launcher = new ProcessBuilder("bash", "-c", LAUNCHER);
    launcher.directory(Checkout.root().toFile());
    launcher.environment().put("RUN_HOME", folder.toString());
    launcher.redirectErrorStream(true);
    Process process = launcher.start();
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("ready");

      ChildProcess.signal(process.pid(), "TERM"); // destroy() closes the output

      assertThat(output.readLine()).isEqualTo("stopped");
      assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }
}
