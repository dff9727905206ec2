package dev.sluice.system.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that logs contain no prompts and replies unless a setting enables them. */
class SilentLogsIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  static final String MARKER = "Xylophone-4711";

  /** The simulator replies with a sentence of the prompt, so the reply contains the marker. */
  private static final List<String> PROMPTS =
      List.of(
          MARKER + " is a word.",
          "[[sluice:400]] " + MARKER,
          "[[sluice:500]] " + MARKER,
          "[[sluice:invalid-jsonx1]] " + MARKER,
          "[[sluice:content-filter]] " + MARKER,
          "[[sluice:429=1sx1]] [[sluice:resetx1]] " + MARKER + " is repeated.",
          "[[sluice:" + MARKER + "]]");

  @Test
  void noPromptAndNoReplyIsLogged(@TempDir Path folder) throws Exception {
    assertThat(logsOf(folder))
        .contains(
            "is dead-lettered: INVALID_REQUEST",
            "is dead-lettered: ATTEMPTS_EXHAUSTED",
            "is dead-lettered: MALFORMED")
        .doesNotContain(MARKER);
  }

  private static String logsOf(Path folder) throws Exception {
    Path home = folder.resolve("home");
    try (RunningSluice sluice = RunningSluice.start(home)) {
      Path tasks = Files.writeString(folder.resolve("tasks.jsonl"), lines());
      Checkout.RunResult runResult =
          sluice.cli("submit", tasks.toString(), "--watch", "--out", folder + "/results.jsonl");
      assertThat(runResult.err()).contains("of 7 completed");
      assertThat(Files.readString(folder.resolve("results.jsonl"))).contains(MARKER);
      publishInvalidTask(sluice);
      live(sluice.environment());
      await().atMost(TIMEOUT).until(() -> sluice.log("worker-1").contains("MALFORMED"));
    }
    try (Stream<Path> logs = Files.list(home.resolve("logs"))) {
      return logs.filter(log -> log.toString().endsWith(".log"))
          .map(SilentLogsIT::read)
          .collect(Collectors.joining("\n"));
    }
  }

  private static String lines() {
    return PROMPTS.stream()
        .map(
            prompt ->
                """
                {"custom_id":"%d","method":"POST","url":"/v1/chat/completions","body":%s}
                """
                    .formatted(PROMPTS.indexOf(prompt), chat(prompt)))
        .collect(Collectors.joining());
  }

  private static String chat(String prompt) {
    return """
        {"model":"gpt-4o-mini","messages":[{"role":"user","content":"%s"}]}"""
        .formatted(prompt);
  }

  /** Publishes a task whose body is {@link #MARKER}. */
  static void publishInvalidTask(RunningSluice sluice) throws Exception {
    ConnectionFactory brokers = new ConnectionFactory();
    brokers.setUri(sluice.environment().getOrDefault("SLUICE_AMQP_URL", ""));
    try (Connection connection = brokers.newConnection()) {
      BasicProperties properties =
          new BasicProperties.Builder().messageId("none").contentType("text/html").build();
      connection
          .createChannel()
          .basicPublish("sluice.tasks", "default", properties, MARKER.getBytes(UTF_8));
    }
  }

  private static void live(Map<String, String> environment)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String prompt : List.of(PROMPTS.getFirst(), PROMPTS.get(1), "no json " + MARKER)) {
        String body = prompt.startsWith("no json") ? prompt : chat(prompt);
        HttpRequest request =
            HttpRequest.newBuilder(
                    URI.create(environment.get("SLUICE_URL") + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + environment.get("SLUICE_API_KEY"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
            .isIn(200, 400);
      }
    }
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
