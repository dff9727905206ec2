package dev.sluice.bench.fault;

import static org.awaitility.Awaitility.await;

import dev.sluice.bench.harness.BatchClient;
import dev.sluice.bench.harness.Pause;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Submits batches through the CLI and the API to keep the workers busy. */
final class BatchLoad {
  private static final int CYCLE = 8;
  private static final int CANCELLED = 0;
  private static final int EXPIRES = 4;
  private static final Duration RESPONSE_TIMEOUT = Duration.ofMinutes(5);
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Simulator markers that make the first call of some lines fail, by line number. */
  private static final Map<Integer, String> MARKERS =
      Map.of(
          3, "[[sluice:500x1]]",
          17, "[[sluice:429=1sx1]]",
          29, "[[sluice:resetx1]]",
          37, "[[sluice:400]]",
          43, "[[sluice:half-bodyx1]]",
          53, "[[sluice:slow=4s]]");

  private final RunningSluice sluice;
  private final Path folder;
  private final Runnable whileUnavailable;
  private final int lines;
  private final int enoughWaiting;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, Integer> batches = new LinkedHashMap<>();

  /**
   * @param whileUnavailable runs repeatedly while the producer does not respond
   * @param lines lines per batch
   */
  BatchLoad(RunningSluice sluice, Path folder, Runnable whileUnavailable, int lines) {
    this.lines = lines;
    this.enoughWaiting = 3 * lines;
    this.sluice = sluice;
    this.whileUnavailable = whileUnavailable;
    this.folder = folder;
  }

  /** Number of accepted tasks. */
  long submitted() {
    return (long) batches.size() * lines;
  }

  /** Lines per batch. */
  int lines() {
    return lines;
  }

  /** Accepted batches by id, with their number. */
  Map<String, Integer> batches() {
    return batches;
  }

  /**
   * Submits another batch when few tasks wait. Of every eight batches, one is cancelled once it
   * runs, and one is paused until it expires.
   */
  void topUp() {
    if (waiting() < enoughWaiting) {
      submit();
    }
  }

  /** Submits batches until enough tasks wait. */
  void fill() {
    Optional<String> last = Optional.of("");
    while (waiting() < enoughWaiting && last.isPresent()) {
      last = submit();
      last.ifPresent(this::awaitRunning);
    }
  }

  /** Submits a batch. Empty if the producer rejects it, for example while the database recovers. */
  private Optional<String> submit() {
    int number = batches.size() + 1;
    Path file = folder.resolve("batch-%d.jsonl".formatted(number));
    BatchClient.write(
        file,
        "",
        lines,
        20,
        line -> "batch %d, line %d %s".formatted(number, line, MARKERS.getOrDefault(line, "")));
    String window = number % CYCLE == EXPIRES ? "1m" : "24h";
    String batch =
        sluice.cli("submit", file.toString(), "--completion-window", window).out().strip();
    if (!batch.startsWith("batch_")) {
      return Optional.empty();
    }
    batches.put(batch, number);
    if (number % CYCLE == CANCELLED && awaitRunning(batch)) {
      send("/v1/batches/" + batch + "/cancel");
    }
    if (number % CYCLE == EXPIRES && awaitRunning(batch)) {
      send("/api/batches/" + batch + "/pause");
    }
    return Optional.of(batch);
  }

  /** Whether all batches reach a terminal state within the time. */
  boolean awaitFinished(Duration timeout) {
    try {
      await()
          .atMost(timeout)
          .pollInterval(Duration.ofSeconds(2))
          .until(
              () -> {
                whileUnavailable.run();
                return batches.keySet().stream().allMatch(this::isFinished);
              });
      return true;
    } catch (ConditionTimeoutException unfinished) {
      return false;
    }
  }

  /** A batch that is cancelled earlier has no tasks yet. */
  private boolean awaitRunning(String batch) {
    await()
        .atMost(RESPONSE_TIMEOUT)
        .until(() -> !batch(batch).path("status").asString().equals("validating"));
    return !isFinished(batch);
  }

  private boolean isFinished(String batch) {
    return BatchClient.isFinished(batch(batch));
  }

  JsonNode batch(String id) {
    return JSON.readTree(get("/v1/batches/" + id));
  }

  String content(JsonNode file) {
    return file.isNull() ? "" : get("/v1/files/" + file.asString() + "/content");
  }

  private long waiting() {
    JsonNode route = JSON.readTree(get("/api/status")).path("routes").path(0);
    return route.path("queued").asLong(0) + route.path("in_broker").asLong(0);
  }

  /** Repeats the request until the producer responds. */
  private String get(String path) {
    long end = System.nanoTime() + RESPONSE_TIMEOUT.toNanos();
    while (true) {
      try {
        HttpResponse<String> answer = client.send(request(path).build(), BodyHandlers.ofString());
        if (answer.statusCode() == 200 || System.nanoTime() > end) {
          return answer.body();
        }
      } catch (IOException unreachable) {
        if (System.nanoTime() > end) {
          throw new UncheckedIOException(unreachable);
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("stopped", stopped);
      }
      Pause.of(Duration.ofMillis(500));
      whileUnavailable.run();
    }
  }

  private void send(String path) {
    HttpRequest request = request(path).POST(HttpRequest.BodyPublishers.noBody()).build();
    try {
      client.send(request, BodyHandlers.discarding());
    } catch (IOException unreachable) {
      // the next iteration sends it again
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest.Builder request(String path) {
    Map<String, String> settings = sluice.environment();
    return HttpRequest.newBuilder(URI.create(settings.getOrDefault("SLUICE_URL", "") + path))
        .header("Authorization", "Bearer " + settings.getOrDefault("SLUICE_API_KEY", ""))
        .timeout(Duration.ofSeconds(10));
  }
}
