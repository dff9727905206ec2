package dev.sluice.system.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.system.run.Documents;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RedisServer;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveLoadIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int CALLERS = 500;
  private static final long MAX_GROWTH_MIB = 400;

  @TempDir private @Nullable Path folder;
  private @Nullable RunningSluice sluice;
  private @Nullable LiveTestClient caller;
  private @Nullable RedisServer redis;

  @AfterEach
  void stop() {
    if (caller != null) {
      caller.close();
    }
    if (sluice != null) {
      sluice.close();
    }
    if (redis != null) {
      redis.close();
    }
  }

  @Test
  void fiveHundredCallsWaitAndDisconnectedOnesAreNotSent() throws Exception {
    start("--latency", "fixed:100ms", "--rpm", "60");
    assertThat(caller().call("the first").statusCode()).isEqualTo(200);
    long before = residentMib("producer");
    String prompt = "x".repeat(100_000);
    long start = System.nanoTime();

    List<CompletableFuture<HttpResponse<String>>> crowd =
        IntStream.range(0, CALLERS).mapToObj(i -> caller().callAsync(i + prompt)).toList();
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              long ended = crowd.stream().filter(CompletableFuture::isDone).count();
              return waiting() + ended >= CALLERS - 30;
            });
    assertThat(residentMib("producer") - before)
        .as("50 MB of requests wait")
        .isLessThan(MAX_GROWTH_MIB);
    crowd.forEach(call -> call.cancel(true));
    await().atMost(TIMEOUT).until(() -> waiting() == 0);

    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat(caller().call("the last").statusCode()).isEqualTo(200);
    assertThat(sluice().calls().size()).as("at one call per second").isLessThan((int) seconds + 15);
    assertExhaustedQuotaIsReportedWithOpenAisErrorCode();
  }

  private void assertExhaustedQuotaIsReportedWithOpenAisErrorCode() throws Exception {
    String prompt = "[[sluice:insufficient-quota]] Hills.";
    int before = sluice().calls().size();
    assertThat(caller().call(prompt).statusCode()).isEqualTo(429);
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              HttpResponse<String> rejected = caller().call(prompt);
              assertThat(rejected.statusCode()).isEqualTo(429);
              assertThat(rejected.body()).contains("\"code\":\"insufficient_quota\"", "is held");
            });
    assertThat(sluice().calls().size() - before).isLessThanOrEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"2, true", "4, false"})
  void liveCallOvertakesASaturatingBatch(int workers, boolean shared) throws Exception {
    List<String> options = new ArrayList<>(List.of("--rpm", "120", "--simulator-rpm", "120"));
    options.addAll(List.of("--workers", Integer.toString(workers), "--latency", "fixed:100ms"));
    if (shared) {
      options.addAll(List.of("--redis-url", redis()));
    }
    start(options.toArray(String[]::new));
    Path documents = Objects.requireNonNull(folder).resolve("documents");
    Documents.write(documents, 200);
    CompletableFuture<Checkout.RunResult> batch =
        sluice()
            .cliAsync(
                "summarize",
                documents.toString(),
                "--prompt",
                "Shorten.",
                "--model",
                "gpt-4o-mini",
                "--out",
                documents.resolveSibling("out.jsonl").toString());
    await().atMost(TIMEOUT).until(() -> sluice().calls().size() > 20);

    for (int i = 0; i < 8; i++) {
      HttpResponse<String> live = caller().call("live " + i);
      assertThat(live.statusCode()).isEqualTo(200);
      // Permits are 500 ms apart. The call waits for its own permit, and at most two others.
      assertThat(Long.parseLong(live.headers().firstValue("x-sluice-wait-ms").orElseThrow()))
          .isLessThan(1_700);
    }
    assertThat(batch).isNotDone();
    batch.cancel(true);
  }

  private String redis() throws IOException {
    String program = RedisServer.installed().orElse(null);
    assumeTrue(program != null, "redis-server or valkey-server is installed");
    Path data = Files.createDirectories(Objects.requireNonNull(folder).resolve("redis"));
    redis = RedisServer.start(Objects.requireNonNull(program), data);
    return "redis://127.0.0.1:" + redis.port();
  }

  private void start(String... options) {
    sluice = RunningSluice.start(Objects.requireNonNull(folder).resolve("home"), options);
    caller = new LiveTestClient(sluice());
  }

  private long waiting() throws IOException, InterruptedException {
    return caller()
        .get("/api/live")
        .path("routes")
        .valueStream()
        .mapToLong(route -> route.path("waiting").asLong())
        .max()
        .orElse(0);
  }

  private long residentMib(String process) throws IOException {
    Path status = Path.of("/proc", sluice().processes().get(process) + "", "status");
    return Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .map(line -> line.replaceAll("\\D", ""))
            .mapToLong(Long::parseLong)
            .max()
            .orElseThrow()
        / 1024;
  }

  private LiveTestClient caller() {
    return Objects.requireNonNull(caller);
  }

  private RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }
}
