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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Outages and refused calls, on one stack. */
class RefusedCallsIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int WORKERS = 2;
  private static final int CONCURRENCY = 4;

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;

  /** The provider refuses calls of the flex tier only. */
  @BeforeAll
  static void start() {
    sluice =
        RunningSluice.start(
            folder().resolve("home"),
            "--workers",
            Integer.toString(WORKERS),
            "--concurrency",
            Integer.toString(CONCURRENCY),
            "--latency",
            "fixed:300ms",
            "--fault",
            "no-capacity=0.4",
            "--no-flex",
            "gpt-4o");
  }

  @AfterAll
  static void stop() {
    sluice().close();
  }

  @Test
  void outageHoldsTheRouteAndCountsNoAttempt() {
    List<String> names = Documents.write(folder().resolve("outage"), 100);
    int before = sluice().calls().size();
    CompletableFuture<Checkout.RunResult> run = summarize("outage", "gpt-4o-mini");
    await().atMost(TIMEOUT).until(() -> sluice().calls().size() >= before + names.size() / 10);

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
    Documents.assertSummarised(names, summaries("outage"));
    await().atMost(TIMEOUT).until(() -> route().path("hold").isNull());
    // When the provider dies, a broken connection counts as a failed attempt of the task. Each
    // worker has at most one such task before it sees that other calls fail as well.
    assertThat(batch().path("attempts").asInt()).isBetween(names.size(), names.size() + WORKERS);
  }

  @Test
  void flexBatchOfWhichFourInTenCallsAreRefusedCostsHalfAndLosesNothing() {
    List<String> names = Documents.write(folder().resolve("flex"), 60);
    int before = sluice().calls().size();
    long holds = linesOfWorkers("is held");

    Checkout.RunResult runResult = summarize("flex", "gpt-4o-mini", "--tier", "flex").join();

    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    Documents.assertSummarised(names, summaries("flex"));
    JsonNode batch = batch();
    assertThat(batch.path("tier").asString()).isEqualTo("flex");
    assertThat(batch.path("failed").asInt()).isZero();
    assertThat(batch.path("attempts").asInt()).isEqualTo(names.size());
    assertThat(batch.path("throttles").asInt()).isZero();
    long refused =
        sluice().calls().stream()
            .skip(before)
            .filter(call -> call.path("status").asInt() == 429)
            .count();
    assertThat(refused).isBetween(names.size() / 6L, names.size() * 2L);
    long tokens = batch.path("prompt_tokens").asLong() + batch.path("completion_tokens").asLong();
    assertThat(spent(batch)).isCloseTo(tokens / 2e6, within(1e-9)); // one dollar per million
    assertThat(route().path("hold").isNull()).isTrue();
    assertThat(linesOfWorkers("is held")).isEqualTo(holds);

    Documents.write(folder().resolve("standard"), 60);
    Checkout.RunResult standard = summarize("standard", "gpt-4o", "--tier", "flex").join();

    assertThat(standard.exitCode()).as(standard.err()).isZero();
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThat(route().at("/tier/models_without_flex/0").asString(""))
                    .isEqualTo("gpt-4o"));
    assertThat(linesOfWorkers("no flex tier"))
        .as("at most one line for each worker and model")
        .isBetween(1L, (long) WORKERS);
    assertThat(
            sluice().calls().stream()
                .filter(call -> call.path("model").asString().equals("gpt-4o"))
                .filter(call -> call.path("status").asInt() == 400))
        .as("at most one for each call in flight")
        .hasSizeBetween(1, WORKERS * CONCURRENCY);
  }

  private static double spent(JsonNode batch) {
    String cost = sluice().get("/api/batches/%s/cost".formatted(batch.path("id").asString()));
    return JSON.readTree(cost).path("cost").path("spent").asDouble();
  }

  private static long linesOfWorkers(String text) {
    return IntStream.rangeClosed(1, WORKERS)
        .mapToObj(number -> sluice().log("worker-" + number))
        .flatMap(String::lines)
        .filter(line -> line.contains(text))
        .count();
  }

  private static CompletableFuture<Checkout.RunResult> summarize(
      String documents, String model, String... options) {
    List<String> command =
        List.of(
            "summarize",
            folder().resolve(documents).toString(),
            "--model",
            model,
            "--name",
            documents,
            "--out",
            summaries(documents).toString());
    return sluice()
        .cliAsync(Stream.concat(command.stream(), Stream.of(options)).toArray(String[]::new));
  }

  private static JsonNode route() {
    return json("routes", "--json").path("routes").path(0);
  }

  private static JsonNode batch() {
    String id = json("status", "--json").path("batches").path(0).path("id").asString();
    return json("status", id, "--json");
  }

  private static JsonNode json(String... command) {
    Checkout.RunResult runResult = sluice().cli(command);
    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    return JSON.readTree(runResult.out());
  }

  private static Path summaries(String documents) {
    return folder().resolve(documents + ".jsonl");
  }

  private static RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }

  private static Path folder() {
    return Objects.requireNonNull(folder);
  }
}
