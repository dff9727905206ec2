package dev.sluice.system.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.run.RunningSluice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("faults")
class LiveFaultsIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String LONG = "word ".repeat(150) + ".";

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;
  private static @Nullable LiveTestClient caller;

  @BeforeAll
  static void start() {
    sluice =
        RunningSluice.startWithBroker(
            Objects.requireNonNull(folder).resolve("home"),
            "--workers",
            "2",
            "--latency",
            "fixed:50ms",
            "--latency-per-token",
            "50ms");
    caller = new LiveTestClient(sluice());
  }

  @AfterAll
  static void stop() {
    caller().close();
    sluice().close();
  }

  /** Calls of an earlier test would be counted with those of the next. */
  @BeforeEach
  void awaitEndOfCalls() {
    await().atMost(TIMEOUT).until(() -> sluice().callsInFlight() == 0);
  }

  @Test
  void workerKilledWhileStreamingEndsTheStreamWithoutASecondCall() throws Exception {
    String prompt = "killed in the stream " + LONG;
    long before = callsWith(200);
    HttpResponse<InputStream> answer = caller().stream(prompt);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).startsWith("data: ");
      long began = System.nanoTime();

      restartBothWorkers();

      String all = String.join("\n", lines.lines().toList());
      assertThat(all).contains("stream_broken").doesNotContain("[DONE]");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(TIMEOUT);
    }
    assertThat(callsWith(200)).isEqualTo(before + 1);
    assertThat(caller().call("after it").statusCode()).isEqualTo(200);
  }

  @Test
  void workerKilledBeforeTheFirstTokenIsReplaced() throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        caller().callAsync("[[sluice:slow=5s]] killed before it.");
    awaitInFlight(1, answer);
    await().pollDelay(Duration.ofSeconds(1)).until(() -> true);

    restartBothWorkers();

    assertThat(answer.join().statusCode()).isEqualTo(200);
  }

  @Test
  void killedProducerLeavesNoQueueAndNoCall() throws Exception {
    long before = sluice().calls().size();
    CompletableFuture<HttpResponse<String>> answer =
        caller().callAsync("[[sluice:slow=4s]] the caller disappears.");
    awaitInFlight(1, answer);

    sluice().kill("producer");
    sluice().restart("producer");
    await().atMost(TIMEOUT).until(caller()::isReachable);

    assertThat(answer).failsWithin(TIMEOUT);
    assertThat(caller().call("after the restart.").statusCode()).isEqualTo(200);
    assertThat(sluice().calls().size() - before).isLessThanOrEqualTo(2);
  }

  @Test
  void killedBrokerBreaksStreamsButNoOtherCalls() throws Exception {
    completeCallsOnBothWorkers();
    CompletableFuture<HttpResponse<String>> atProvider =
        caller().callAsync("[[sluice:slow=12s]] with the provider.");
    HttpResponse<InputStream> stream = caller().stream("in the stream " + LONG);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).startsWith("data: ");
      awaitInFlight(2, atProvider);

      sluice().kill("broker");
      CompletableFuture<HttpResponse<String>> later = caller().callAsync("came meanwhile.");
      assertThat(String.join("\n", lines.lines().toList()))
          .contains("stream_broken")
          .doesNotContain("[DONE]");
      sluice().restart("broker");

      assertThat(later.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      assertThat(atProvider.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
    assertThat(caller().call("after it").statusCode()).isEqualTo(200);
  }

  @Test
  void callsAreRejectedWhileTheBrokerIsDown() throws Exception {
    sluice().kill("broker");
    long began = System.nanoTime();

    HttpResponse<String> rejected = caller().call("during the outage");

    assertThat(rejected.statusCode()).isEqualTo(503);
    assertThat(rejected.body()).contains("\"code\":\"broker_unavailable\"");
    assertThat(rejected.headers().firstValue("retry-after")).isPresent();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(TIMEOUT);
    sluice().restart("broker");
    await().atMost(TIMEOUT).until(() -> caller().call("again").statusCode() == 200);
  }

  @Test
  void stoppingProducerFinishesRunningCallsAndRejectsWaitingOnes() throws Exception {
    assertThat(caller().call("a route that is known").statusCode()).isEqualTo(200);
    int before = sumOfSteps("calls");
    List<CompletableFuture<HttpResponse<String>>> all =
        IntStream.range(0, 40)
            .mapToObj(i -> caller().callAsync("[[sluice:slow=8s]] the " + i))
            .toList();
    // A request that the producer has not received would find its port closed.
    await().atMost(TIMEOUT).until(() -> sumOfSteps("calls") >= before + all.size());
    await().atMost(TIMEOUT).until(() -> sluice().callsInFlight() > 0);

    Duration took = sluice().terminate("producer");
    sluice().restart("producer");

    List<HttpResponse<String>> answers = all.stream().map(CompletableFuture::join).toList();
    assertThat(answers)
        .extracting(HttpResponse::statusCode)
        .contains(200, 503)
        .allMatch(status -> status == 200 || status == 503);
    assertThat(answers)
        .filteredOn(answer -> answer.statusCode() == 503)
        .allMatch(answer -> answer.body().contains("\"code\":\"shutting_down\""))
        .allMatch(answer -> answer.headers().firstValue("retry-after").isPresent());
    assertThat(took).isLessThan(TIMEOUT);
    await().atMost(TIMEOUT).until(caller()::isReachable);
  }

  @Test
  void killedProducerDoesNotAffectCallsOfAnother() throws Exception {
    URI second = sluice().startProducer("producer-2");
    try (LiveTestClient others = new LiveTestClient(sluice(), second.toString())) {
      await().atMost(TIMEOUT).until(others::isReachable);
      CompletableFuture<HttpResponse<String>> answer =
          caller().callAsync("[[sluice:slow=4s]] of the first producer.");
      HttpResponse<InputStream> stream = caller().stream("of the first producer " + LONG);
      List<CompletableFuture<HttpResponse<String>>> lost =
          IntStream.range(0, 16)
              .mapToObj(i -> others.callAsync("[[sluice:slow=20s]] lost " + i))
              .toList();
      await().atMost(TIMEOUT).until(() -> sluice().callsInFlight() > 1);

      sluice().kill("producer-2");

      assertThat(new String(stream.body().readAllBytes(), StandardCharsets.UTF_8))
          .contains("[DONE]")
          .doesNotContain("stream_broken");
      assertThat(answer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      lost.forEach(one -> assertThat(one).failsWithin(TIMEOUT));
      long began = System.nanoTime();
      assertThat(caller().call("after it").statusCode()).isEqualTo(200);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
    } finally {
      if (sluice().isRunning("producer-2")) {
        sluice().kill("producer-2");
      }
    }
  }

  /** Without replies, a worker does not know the limits yet, and makes few calls at a time. */
  private static void completeCallsOnBothWorkers() {
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              List<CompletableFuture<HttpResponse<String>>> calls =
                  IntStream.range(0, 16).mapToObj(i -> caller().callAsync("short " + i)).toList();
              calls.forEach(CompletableFuture::join);
              return workersWithReplies() == 2;
            });
  }

  private static long workersWithReplies() throws IOException, InterruptedException {
    return caller()
        .get("/api/routes")
        .path("routes")
        .valueStream()
        .flatMap(route -> route.path("per_worker").valueStream())
        .filter(worker -> worker.path("avg_latency_ms").isNumber())
        .count();
  }

  /**
   * @param answer of one of the calls; it cannot arrive before the calls are in flight
   */
  private static void awaitInFlight(int calls, CompletableFuture<HttpResponse<String>> answer) {
    await().atMost(TIMEOUT).until(() -> unfinishedCalls() >= calls || answer.isDone());
    assertThat(answer).as("calls in flight: %d expected", calls).isNotDone();
  }

  private static int unfinishedCalls() throws IOException, InterruptedException {
    return sumOfSteps("unfinished");
  }

  private static int sumOfSteps(String member) throws IOException, InterruptedException {
    return caller()
        .get("/api/live")
        .path("steps")
        .valueStream()
        .mapToInt(step -> step.path(member).asInt())
        .sum();
  }

  /** Number of this test's streaming calls with the status. */
  private static long callsWith(int status) {
    return sluice().calls().stream()
        .filter(call -> call.path("completion_tokens").asInt() > 100)
        .filter(call -> call.path("status").asInt() == status)
        .count();
  }

  private static void restartBothWorkers() {
    sluice().kill("worker-1");
    sluice().kill("worker-2");
    sluice().restart("worker-1");
    sluice().restart("worker-2");
  }

  private static LiveTestClient caller() {
    return Objects.requireNonNull(caller);
  }

  private static RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }
}
