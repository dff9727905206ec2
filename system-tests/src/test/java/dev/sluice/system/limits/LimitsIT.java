package dev.sluice.system.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.sluice.system.run.Documents;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LimitsIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int WORKERS = 3;
  private static final String SUMMARIES = "summaries.jsonl";

  @TempDir private @Nullable Path folder;
  private @Nullable RunningSluice sluice;

  @AfterEach
  void stop() {
    sluice().close();
  }

  @Test
  void workersLearnAdvertisedLimitsAndReceiveNo429() {
    start("--simulator-rpm", "300", "--latency", "fixed:200ms");
    List<String> names = Documents.write(documents(), 360); // one full bucket and more

    Checkout.RunResult runResult = summarize().join();

    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    Documents.assertSummarised(names, summaries());
    assertThat(sluice().calls()).hasSize(names.size());
    assertThat(sluice().calls()).allMatch(call -> call.path("status").asInt() == 200);
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              assertThat(route().path("workers").asInt()).isEqualTo(WORKERS);
              JsonNode limit = route().path("limits").path(0);
              assertThat(limit.path("limit").asString()).isEqualTo("requests");
              assertThat(limit.path("per_minute").asInt()).isEqualTo(300);
              assertThat(limit.path("source").asString()).isEqualTo("advertised");
            });
  }

  @Test
  void outageHoldsTheRouteAndCountsNoAttempt() {
    start("--latency", "fixed:300ms", "--concurrency", "4");
    List<String> names = Documents.write(documents(), 150);
    CompletableFuture<Checkout.RunResult> run = summarize();
    await().atMost(TIMEOUT).until(() -> sluice().calls().size() >= names.size() / 3);

    sluice().kill("simulator");
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              JsonNode hold = route().path("hold");
              assertThat(hold.path("kind").asString("")).isEqualTo("breaker");
              assertThat(hold.path("reason").asString()).contains("not connected");
            });
    sluice().restart("simulator");

    Checkout.RunResult runResult = run.join();
    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    Documents.assertSummarised(names, summaries());
    await().atMost(TIMEOUT).until(() -> route().path("hold").isNull());
    // When the provider dies, a broken connection counts as a failed attempt of the task. Each
    // worker has at most one such task before it sees that other calls fail as well.
    assertThat(batch().path("attempts").asInt()).isBetween(names.size(), names.size() + WORKERS);
  }

  @Test
  void flexBatchOfWhichFourInTenCallsAreRefusedCostsHalfAndLosesNothing() {
    start("--fault", "no-capacity=0.4", "--no-flex", "gpt-4o", "--latency", "fixed:50ms");
    List<String> names = Documents.write(documents(), 60);

    Checkout.RunResult runResult = summarize("gpt-4o-mini", SUMMARIES, "--tier", "flex").join();

    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    Documents.assertSummarised(names, summaries());
    JsonNode batch = batch();
    assertThat(batch.path("tier").asString()).isEqualTo("flex");
    assertThat(batch.path("failed").asInt()).isZero();
    assertThat(batch.path("attempts").asInt()).isEqualTo(names.size());
    assertThat(batch.path("throttles").asInt()).isZero();
    long refused =
        sluice().calls().stream().filter(call -> call.path("status").asInt() == 429).count();
    assertThat(refused).isBetween(names.size() / 3L, names.size() + 0L);
    long tokens = batch.path("prompt_tokens").asLong() + batch.path("completion_tokens").asLong();
    assertThat(spent(batch)).isCloseTo(tokens / 2e6, within(1e-9)); // one dollar per million
    assertThat(route().path("hold").isNull()).isTrue();
    assertThat(sluice().log("worker-1")).doesNotContain("is held");

    Checkout.RunResult standard = summarize("gpt-4o", "standard.jsonl", "--tier", "flex").join();

    assertThat(standard.exitCode()).as(standard.err()).isZero();
    assertThat(route().path("tier").path("models_without_flex").path(0).asString())
        .isEqualTo("gpt-4o");
    for (int i = 1; i <= WORKERS; i++) {
      assertThat(sluice().log("worker-" + i).lines().filter(line -> line.contains("no flex tier")))
          .as("one line for each worker and model")
          .hasSizeLessThanOrEqualTo(1);
    }
    assertThat(
            sluice().calls().stream()
                .filter(call -> call.path("model").asString().equals("gpt-4o"))
                .filter(call -> call.path("status").asInt() == 400))
        .as("at most one for each call in flight")
        .hasSizeBetween(1, WORKERS * 8);
  }

  private double spent(JsonNode batch) {
    String cost = sluice().get("/api/batches/%s/cost".formatted(batch.path("id").asString()));
    return JSON.readTree(cost).path("cost").path("spent").asDouble();
  }

  private void start(String... options) {
    String[] all = new String[options.length + 2];
    all[0] = "--workers";
    all[1] = Integer.toString(WORKERS);
    System.arraycopy(options, 0, all, 2, options.length);
    sluice = RunningSluice.start(folder().resolve("home"), all);
  }

  private CompletableFuture<Checkout.RunResult> summarize() {
    return summarize("gpt-4o-mini", SUMMARIES);
  }

  private CompletableFuture<Checkout.RunResult> summarize(
      String model, String file, String... options) {
    List<String> command =
        List.of(
            "summarize",
            documents().toString(),
            "--model",
            model,
            "--name",
            "limits",
            "--out",
            folder().resolve(file).toString());
    return sluice()
        .cliAsync(Stream.concat(command.stream(), Stream.of(options)).toArray(String[]::new));
  }

  private JsonNode route() {
    return json("routes", "--json").path("routes").path(0);
  }

  private JsonNode batch() {
    String id = json("status", "--json").path("batches").path(0).path("id").asString();
    return json("status", id, "--json");
  }

  private JsonNode json(String... command) {
    Checkout.RunResult runResult = sluice().cli(command);
    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    return JSON.readTree(runResult.out());
  }

  private Path documents() {
    return folder().resolve("documents");
  }

  private Path summaries() {
    return folder().resolve(SUMMARIES);
  }

  private RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }

  private Path folder() {
    return Objects.requireNonNull(folder);
  }
}
