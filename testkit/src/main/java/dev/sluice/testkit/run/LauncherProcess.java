package dev.sluice.testkit.run;

import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * The process of {@code ./sluice dev}, which starts and stops all others.
 *
 * @param home folder of its data, with its output in {@code dev.out}
 */
record LauncherProcess(Process process, Path home) {
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(4);
  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration REAP_TIMEOUT = Duration.ofSeconds(30);

  /**
   * Starts the process and waits until all others are ready.
   *
   * @param root folder that contains {@code ./sluice}
   * @param options options of {@code ./sluice dev}, without {@code --home}
   */
  static LauncherProcess start(
      Path root, Path home, Map<String, String> environment, List<String> options) {
    List<String> arguments = new ArrayList<>(List.of("dev", "--home", home.toString()));
    arguments.addAll(options);
    try {
      Files.createDirectories(home);
      Process process =
          Checkout.command(root, environment, arguments)
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("dev.out").toFile())
              .start();
      // An interrupted build must not leave processes. Has no effect if the launcher has ended.
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-sluice"));
      LauncherProcess launcher = new LauncherProcess(process, home);
      launcher.awaitReady();
      return launcher;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void awaitReady() {
    await()
        .atMost(READY_TIMEOUT)
        .until(() -> Files.exists(home.resolve("dev.env")) || !process.isAlive());
    if (!process.isAlive()) {
      throw new IllegalStateException("./sluice dev ended: " + output());
    }
  }

  /** The output so far. */
  String output() {
    return Folders.read(home.resolve("dev.out"));
  }

  /**
   * Sends a signal and waits for the end. Does nothing if the process has ended.
   *
   * @param signal as in {@code kill -l}
   */
  void stop(String signal) {
    if (!process.isAlive()) {
      return;
    }
    ChildProcess.signal(process.pid(), signal);
    try {
      if (!process.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("./sluice dev did not stop: " + output());
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Kills the processes that still run.
   *
   * @throws IllegalStateException with their names, if there are any
   */
  void killRemaining(Map<String, ProcessHandle> started) {
    List<String> killed = new ArrayList<>();
    started.forEach(
        (name, process) -> {
          if (!endsSoon(process) && process.destroyForcibly()) {
            killed.add(name);
          }
        });
    if (!killed.isEmpty()) {
      throw new IllegalStateException(killed + " did not stop: " + output());
    }
  }

  /** The system may need a moment to reap a process that has ended. */
  private static boolean endsSoon(ProcessHandle process) {
    try {
      process.onExit().orTimeout(REAP_TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
      return true;
    } catch (CompletionException running) {
      return false;
    }
  }
}
