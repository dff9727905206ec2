package dev.sluice.bench.latency;

import static org.awaitility.Awaitility.await;

import dev.sluice.bench.harness.ProcessStats;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.process.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An application, started as {@code ./sluice} starts it.
 *
 * @param module producer or worker
 * @param jar the unpacked jar
 * @param java the java program and its options
 * @param settings environment variables, without the port
 */
record ApplicationProcess(
    String module, Path jar, List<String> java, Map<String, String> settings) {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

  /**
   * Time from start to readiness.
   *
   * @param wall elapsed time
   * @param cpu CPU time of the process
   */
  record StartTime(Duration wall, Duration cpu) {}

  /** Starts the application, waits until it is ready, and stops it. */
  StartTime start(StartupMode startupMode, Path folder, HttpClient http) {
    int port = Ports.free();
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("SERVER_PORT", Integer.toString(port));
    List<String> command = new ArrayList<>(java);
    command.addAll(startupMode.options(folder.resolve(module)));
    command.addAll(List.of("-jar", jar.toString()));
    URI readiness = URI.create("http://127.0.0.1:%d/actuator/health/readiness".formatted(port));
    long began = System.nanoTime();
    ChildProcess process =
        ChildProcess.start(folder.resolve(module + ".log"), environment, command);
    try {
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(POLL_INTERVAL)
          .atMost(START_TIMEOUT)
          .until(() -> isReady(http, readiness) || !process.isAlive());
      Duration wall = Duration.ofNanos(System.nanoTime() - began);
      if (!process.isAlive()) {
        throw new IllegalStateException(module + " ended before it was ready: " + process.output());
      }
      return new StartTime(wall, ProcessStats.cpuTime(process.pid()));
    } finally {
      process.terminate(STOP_TIMEOUT);
    }
  }

  /** Runs the training that the launcher runs after a build. */
  void train(Path simulator, Path folder) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Checkout.root().resolve("launcher/train").toString(),
                module,
                folder.resolve(module) + ".aot",
                simulator.toString()));
    command.addAll(java);
    command.addAll(List.of("-jar", jar.toString()));
    ChildProcess training = ChildProcess.start(folder.resolve("training.log"), Map.of(), command);
    if (!training.succeeds(START_TIMEOUT.multipliedBy(2))) {
      throw new IllegalStateException(module + ": the training failed: " + training.output());
    }
  }

  private static boolean isReady(HttpClient http, URI readiness) {
    try {
      HttpRequest request = HttpRequest.newBuilder(readiness).timeout(START_TIMEOUT).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }
}
