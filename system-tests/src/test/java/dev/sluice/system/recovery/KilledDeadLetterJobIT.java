package dev.sluice.system.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("faults")
class KilledDeadLetterJobIT {
  private static final int DEAD_LETTERS = 60;
  private static final List<Integer> KILLED_AFTER = List.of(10, 30);
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.shared();

  @Test
  void jobResumesAfterProducerKillsAndReplaysEachDeadLetterOnce(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("batch.jsonl");
    Files.writeString(
        file,
        IntStream.range(0, DEAD_LETTERS)
            .mapToObj(KilledDeadLetterJobIT::line)
            .collect(Collectors.joining()));
    try (RunningSluice sluice =
            RunningSluice.start(folder.resolve("home"), "--latency", "fixed:50ms");
        HttpClient client = HttpClient.newHttpClient()) {
      String batch = sluice.cli("submit", file.toString(), "--stop-after", "never").out().strip();
      await()
          .atMost(TIMEOUT)
          .until(() -> get(client, sluice, "/api/dead-letters/stats", "total") == DEAD_LETTERS);
      String order = "{\"action\":\"replay\",\"reason\":\"a test\",\"filter\":{},\"per_second\":5}";
      String job =
          "/api/dead-letters/jobs/"
              + post(client, sluice, "/api/dead-letters/jobs", order).path("id").asString();
      for (int done : KILLED_AFTER) {
        await().atMost(TIMEOUT).until(() -> get(client, sluice, job, "succeeded") >= done);
        sluice.kill("producer");
        sluice.restart("producer");
      }
      await()
          .atMost(TIMEOUT)
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> get(client, sluice, job).path("state").asString().equals("completed"));

      JsonNode completed = get(client, sluice, job);
      assertThat(completed.path("succeeded").asInt())
          .as(completed.toString())
          .isEqualTo(DEAD_LETTERS);
      JsonNode deadLetters =
          get(client, sluice, "/api/dead-letters?state=replayed&limit=200").path("data");
      assertThat(deadLetters).hasSize(DEAD_LETTERS);
      for (JsonNode deadLetter : deadLetters) {
        String path = "/api/dead-letters/" + deadLetter.path("id").asString();
        assertThat(get(client, sluice, path).path("audit")).as(path).hasSize(1);
      }
      await()
          .atMost(TIMEOUT)
          .until(
              () ->
                  get(client, sluice, "/v1/batches/" + batch)
                          .path("request_counts")
                          .path("completed")
                          .asInt()
                      == DEAD_LETTERS);
    }
  }

  private static String line(int number) {
    return """
        {"custom_id":"%1$d","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","max_tokens":20,"messages":[{"role":"user","content":"%1$d [[sluice:400x1]]"}]}}
        """
        .formatted(number);
  }

  /** A number in the reply, or -1 while the producer is down. */
  private static long get(HttpClient client, RunningSluice sluice, String path, String name)
      throws InterruptedException {
    try {
      return get(client, sluice, path).path(name).asLong(-1);
    } catch (IOException unreachable) {
      return -1;
    }
  }

  private static JsonNode get(HttpClient client, RunningSluice sluice, String path)
      throws IOException, InterruptedException {
    return JSON.readTree(
        client.send(request(sluice, path).build(), BodyHandlers.ofString()).body());
  }

  private static JsonNode post(HttpClient client, RunningSluice sluice, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        request(sluice, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return JSON.readTree(client.send(request, BodyHandlers.ofString()).body());
  }

  private static HttpRequest.Builder request(RunningSluice sluice, String path) {
    String url = sluice.environment().getOrDefault("SLUICE_URL", "");
    String key = sluice.environment().getOrDefault("SLUICE_API_KEY", "");
    return HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + key);
  }
}
