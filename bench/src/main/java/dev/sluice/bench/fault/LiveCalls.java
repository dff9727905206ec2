package dev.sluice.bench.fault;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Callers that make live calls one after another, each with a different prompt. They do not retry,
 * because Sluice does.
 */
final class LiveCalls implements AutoCloseable {
  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(3);

  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger number = new AtomicInteger();
  private final Map<String, Integer> results = new ConcurrentSkipListMap<>();
  private final Supplier<String> producer;
  private final String key;
  private final List<Thread> callers;
  private volatile boolean finished;

  /**
   * @param producer supplies the URL for the next call
   * @param callers number of concurrent calls
   */
  LiveCalls(Supplier<String> producer, String key, int callers) {
    this.producer = producer;
    this.key = key;
    this.callers =
        IntStream.range(0, callers)
            .mapToObj(i -> Thread.ofVirtual().name("live-" + i).start(this::callLoop))
            .toList();
  }

  /** Number of calls by result: {@code 200}, another status, or the exception's name. */
  Map<String, Integer> results() {
    return results;
  }

  /** Starts no more calls and waits for those in flight. */
  void finish() throws InterruptedException {
    finished = true;
    for (Thread caller : callers) {
      caller.join();
    }
  }

  private void callLoop() {
    try {
      while (!finished) {
        results.merge(call(), 1, Integer::sum);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private String call() throws InterruptedException {
    String body =
        """
        {"model":"gpt-4o-mini","max_tokens":20,"messages":[{"role":"user","content":"live call %d"}]}"""
            .formatted(number.incrementAndGet());
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(producer.get() + "/v1/chat/completions"))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .timeout(CALL_TIMEOUT)
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? "200"
          : answer.statusCode() + " " + answer.body().strip().replaceAll("\\s+", " ");
    } catch (IOException broken) {
      return broken.toString();
    }
  }

  @Override
  public void close() {
    finished = true;
    client.shutdownNow();
  }
}
