package dev.sluice.system.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.system.run.RunningSluice;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveAccidentsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String LONG = "word ".repeat(150) + ".";

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;
  private static @Nullable LiveCaller caller;

  @BeforeAll
  static void start() {
    sluice =
        RunningSluice.start(
            Objects.requireNonNull(folder).resolve("home"),
            "--workers",
            "2",
            "--latency",
            "fixed:50ms",
            "--latency-per-token",
            "50ms");
    caller = new LiveCaller(sluice());
  }

  @AfterAll
  static void stop() {
    caller().close();
    sluice().close();
  }

  @Test
  void aWorkerThatIsKilledWhileItStreamsEndsTheStreamWithAnErrorAndNoSecondCall() throws Exception {
    String prompt = "killed in the stream " + LONG;
    HttpResponse<InputStream> answer = caller().stream(prompt);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).startsWith("data: ");
      long began = System.nanoTime();

      killBothAndStartOne();

      String all = String.join("\n", lines.lines().toList());
      assertThat(all).contains("stream_broken").doesNotContain("[DONE]");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
    }
    assertThat(callsWith(200)).isEqualTo(1);
    assertThat(caller().ask("after it").statusCode()).isEqualTo(200);
  }

  @Test
  void aWorkerThatIsKilledBeforeTheFirstTokenIsMadeUpForByAnother() throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        caller().askMeanwhile("[[sluice:slow=5s]] killed before it.");
    await()
        .atMost(SOON)
        .until(() -> caller().get("/api/live").toString().contains("\"in_hand\":1"));
    await().pollDelay(Duration.ofSeconds(1)).until(() -> true);

    killBothAndStartOne();

    assertThat(answer.join().statusCode()).isEqualTo(200);
  }

  @Test
  void aProducerThatIsKilledLeavesNoQueueAndNoCallBehind() throws Exception {
    long before = sluice().calls().size();
    CompletableFuture<HttpResponse<String>> answer =
        caller().askMeanwhile("[[sluice:slow=4s]] nobody waits for it.");
    await()
        .atMost(SOON)
        .until(() -> caller().get("/api/live").toString().contains("\"in_hand\":1"));

    sluice().kill("producer");
    sluice().startAgain("producer");
    await().atMost(SOON).until(caller()::isAnswered);

    assertThat(answer).failsWithin(SOON);
    assertThat(caller().ask("somebody waits for it.").statusCode()).isEqualTo(200);
    assertThat(sluice().calls().size() - before).isLessThanOrEqualTo(2);
  }

  /** Of the calls in this test's stream. */
  private static long callsWith(int status) {
    return sluice().calls().stream()
        .filter(call -> call.path("completion_tokens").asInt() > 100)
        .filter(call -> call.path("status").asInt() == status)
        .count();
  }

  private static void killBothAndStartOne() {
    sluice().kill("worker-1");
    sluice().kill("worker-2");
    sluice().startAgain("worker-1");
    sluice().startAgain("worker-2");
  }

  private static LiveCaller caller() {
    return Objects.requireNonNull(caller);
  }

  private static RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }
}
