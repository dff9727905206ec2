package dev.sluice.system.ship;

import static dev.sluice.system.ship.ShippedFiles.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.system.run.Documents;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the replies of real processes to the probes in the manifests. */
@Tag("faults")
class ProbesIT {
  private static final int RUNNING = 4;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** More than three periods of a liveness probe. */
  private static final Duration OBSERVATION_TIME = Duration.ofSeconds(12);

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;

  @BeforeAll
  static void start() {
    sluice =
        RunningSluice.startWithBroker(
            folder().resolve("home"),
            "--concurrency",
            Integer.toString(RUNNING),
            "--rpm",
            "6000",
            "--latency",
            "fixed:8s");
  }

  @AfterAll
  static void stop() {
    sluice().close();
  }

  @Test
  void probesSucceedWithoutTheBroker() {
    await().atMost(TIMEOUT).until(ProbesIT::allProbesSucceed); // a worker may have been restarted
    sluice().kill("broker");
    try {
      await()
          .during(OBSERVATION_TIME)
          .atMost(OBSERVATION_TIME.multipliedBy(2))
          .until(ProbesIT::allProbesSucceed);
    } finally {
      sluice().restart("broker");
    }
  }

  private static boolean allProbesSucceed() {
    return status("producer", "livenessProbe") == 200
        && status("producer", "readinessProbe") == 200
        && status("worker-1", "livenessProbe") == 200
        && status("worker-1", "readinessProbe") == 200;
  }

  @Test
  void drainingWorkerIsAliveAndNotReady() {
    List<String> names = Documents.write(folder().resolve("documents"), RUNNING);
    Path file = folder().resolve("summaries.jsonl");
    CompletableFuture<Checkout.RunResult> run =
        sluice()
            .cliAsync(
                "summarize",
                folder().resolve("documents").toString(),
                "--model",
                "gpt-4o-mini",
                "--out",
                file.toString());
    await().atMost(TIMEOUT).until(() -> sluice().callsInFlight() == RUNNING);
    assertThat(status("worker-1", "readinessProbe")).isEqualTo(200);

    CompletableFuture<Duration> stop =
        CompletableFuture.supplyAsync(
            () -> sluice().terminate("worker-1"), Thread::startVirtualThread);

    await().atMost(TIMEOUT).until(() -> status("worker-1", "readinessProbe") == 503);
    assertThat(status("worker-1", "livenessProbe")).isEqualTo(200);
    assertThat(sluice().callsInFlight()).isEqualTo(RUNNING);
    stop.join();
    sluice().restart("worker-1");
    assertThat(run.join().exitCode()).isZero();
    Documents.assertSummarised(names, file);
    assertThat(sluice().calls()).hasSize(RUNNING);
  }

  /** Sends the probe that the manifest defines for the process. */
  private static int status(String process, String probe) {
    String kind = process.replaceAll("-\\d+", "");
    String manifest =
        kind.equals("worker") ? "k8s/base/worker/worker.yaml" : "k8s/base/producer.yaml";
    Object deployment =
        ShippedFiles.yaml(manifest).stream()
            .filter(one -> at(one, "kind").equals("Deployment"))
            .findFirst()
            .orElseThrow();
    Object path =
        at(deployment, "spec", "template", "spec", "containers", 0, probe, "httpGet", "path");
    try (HttpClient client = HttpClient.newHttpClient()) {
      String port =
          Files.readString(sluice().home().resolve("run").resolve(process + ".port")).strip();
      URI url = URI.create("http://127.0.0.1:" + port + path);
      return client
          .send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding())
          .statusCode();
    } catch (IOException refused) {
      return 0;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }

  private static RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }

  private static Path folder() {
    return Objects.requireNonNull(folder);
  }
}
