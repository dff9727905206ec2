package dev.sluice.system.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.simulator.Simulator;
import dev.sluice.simulator.SimulatorSettings;
import dev.sluice.simulator.limit.LimitAlgorithm;
import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.limit.PerMinute;
import dev.sluice.simulator.provider.ProviderSettings;
import dev.sluice.system.run.Documents;
import dev.sluice.testkit.broker.Broker;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Ports;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.client.RestClient;

/** Runs the images with only their own files, user, environment and read-only folders. */
@Tag("packaging")
class ImageIT {
  private static final String KEY = "a-key-of-this-test-alone";
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(60);

  /** Exit code of a JVM that shut down on SIGTERM: 128 + 15. */
  private static final int ENDED_BY_SIGTERM = 143;

  @TempDir private static Path folder;
  private static Image producer;
  private static Image worker;

  @BeforeAll
  static void make() {
    Image.assumeSupported(folder);
    worker = Image.make(folder, "worker");
    producer = Image.make(folder, "producer");
  }

  @Test
  void producerAndWorkerRunReadOnlyAndStopCleanly() throws IOException {
    List<String> names = Documents.write(folder.resolve("documents"), 12);
    Path summaries = folder.resolve("summaries.jsonl");
    try (CloseableStack open = new CloseableStack()) {
      Simulator provider = open.add(provider());
      String broker = open.add(Broker.in(folder)).start();
      EmbeddedPostgres database = open.add(EmbeddedPostgres.builder().start());
      Path routes = routes(provider);
      int producerPort = Ports.free();
      List<String> settings =
          List.of(
              "SERVER_ADDRESS=127.0.0.1",
              "SPRING_RABBITMQ_ADDRESSES=" + broker,
              "SPRING_CONFIG_ADDITIONAL_LOCATION=file:/etc/sluice/routes.yaml");
      List<String> producerSettings =
          and(
              settings,
              "SERVER_PORT=" + producerPort,
              "SLUICE_API_KEY=" + KEY,
              "SPRING_DATASOURCE_URL=" + database.getJdbcUrl("postgres", "postgres"),
              "SPRING_DATASOURCE_USERNAME=postgres");
      List<String> workerSettings = and(settings, "SERVER_PORT=" + Ports.free());
      ChildProcess producerProcess = open.add(producer.start(routes, producerSettings));
      ChildProcess workerProcess = open.add(worker.start(routes, workerSettings));
      awaitHealthy(producer, producerProcess, producerSettings);
      awaitHealthy(worker, workerProcess, workerSettings);

      Checkout.RunResult runResult =
          Checkout.run(
              Map.of("SLUICE_URL", "http://127.0.0.1:" + producerPort, "SLUICE_API_KEY", KEY),
              "summarize",
              folder.resolve("documents").toString(),
              "--model",
              "gpt-4o-mini",
              "--out",
              summaries.toString());

      assertThat(runResult.exitCode()).as(runResult.err()).isZero();
      Documents.assertSummarised(names, summaries);
      assertThat(textOf(producerPort, "a.html", "<p>A <b>page</b>.</p>"))
          .contains("\"status\":\"text\"")
          .contains("A page.");
      for (ChildProcess process : List.of(producerProcess, workerProcess)) {
        assertConfined(process);
        assertThat(process.terminate(STOP)).isEqualTo(ENDED_BY_SIGTERM);
        assertThat(process.output()).doesNotContain("ERROR").doesNotContain("Read-only");
      }
    }
  }

  private static String textOf(int producerPort, String name, String content) {
    return String.valueOf(
        RestClient.create("http://127.0.0.1:" + producerPort)
            .post()
            .uri("/api/documents/text?name={name}", name)
            .header("Authorization", "Bearer " + KEY)
            .body(content)
            .retrieve()
            .body(String.class));
  }

  /** Checks the user, the AOT cache, and that the application's files are read-only. */
  private static void assertConfined(ChildProcess process) throws IOException {
    Path known = Path.of("/proc", Long.toString(process.pid()));
    assertThat(Files.readString(known.resolve("status")))
        .containsPattern("Uid:\\s+10001\\s+10001")
        .containsPattern("NoNewPrivs:\\s+1")
        .containsPattern("CapEff:\\s+0+\\n");
    assertThat(Files.readString(known.resolve("maps"))).contains("/opt/sluice/app/app.aot");
    assertThat(Files.readString(known.resolve("mounts")))
        .containsPattern("(?m)^\\S+ / \\S+ ro[, ]")
        .containsPattern("(?m)^tmpfs /tmp tmpfs rw,");
  }

  private static void awaitHealthy(Image image, ChildProcess process, List<String> settings) {
    await().atMost(START).until(() -> image.isHealthy(settings) || !process.isAlive());
    assertThat(process.isAlive()).as(process.output()).isTrue();
  }

  private static Simulator provider() {
    LimitSettings unlimited =
        new LimitSettings(
            new PerMinute(0, 0),
            Map.of(),
            LimitAlgorithm.TOKEN_BUCKET,
            Duration.ofSeconds(60),
            false);
    return Simulator.start(
        SimulatorSettings.local(unlimited, ProviderSettings.plain()), Clock.systemUTC());
  }

  private static Path routes(Simulator provider) throws IOException {
    return Files.writeString(
        folder.resolve("routes.yaml"),
        """
        sluice:
          routes:
            - name: default
              models: ["*"]
              provider: {url: "%s", api-key: "sk-test"}
              concurrency: 4
        """
            .formatted(provider.url()));
  }

  private static List<String> and(List<String> settings, String... more) {
    List<String> all = new ArrayList<>(settings);
    all.addAll(List.of(more));
    return all;
  }
}
