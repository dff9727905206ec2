package dev.sluice.system.live;

import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends live calls as a plain HTTP client does. */
final class LiveTestClient implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String url;
  private final String key;
  private final HttpClient http = HttpClient.newHttpClient();

  LiveTestClient(RunningSluice sluice) {
    this(sluice, setting(sluice, "SLUICE_URL"));
  }

  /**
   * @param url base URL of one producer
   */
  LiveTestClient(RunningSluice sluice, String url) {
    this.url = url;
    this.key = setting(sluice, "SLUICE_API_KEY");
  }

  private static String setting(RunningSluice sluice, String name) {
    return Objects.requireNonNull(sluice.environment().get(name), name);
  }

  /** Waits for the complete reply. */
  HttpResponse<String> call(String prompt, String... headers)
      throws IOException, InterruptedException {
    return http.send(request(prompt, false, headers), HttpResponse.BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> callAsync(String prompt, String... headers) {
    return http.sendAsync(request(prompt, false, headers), HttpResponse.BodyHandlers.ofString());
  }

  /** Returns at the first byte of the stream. */
  HttpResponse<InputStream> stream(String prompt) throws IOException, InterruptedException {
    return http.send(request(prompt, true), HttpResponse.BodyHandlers.ofInputStream());
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request = to(path).build();
    return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  /** Whether the producer responds. */
  boolean isReachable() throws InterruptedException {
    try {
      return get("/api/live").has("steps");
    } catch (IOException unreachable) {
      return false;
    }
  }

  private HttpRequest request(String prompt, boolean stream, String... headers) {
    String body =
        """
        {"model":"gpt-4o-mini","stream":%s,"max_tokens":200,"messages":[{"role":"user","content":"%s"}]}"""
            .formatted(stream, prompt);
    HttpRequest.Builder request =
        to("/v1/chat/completions").POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .header("Authorization", "Bearer " + key)
        .header("Content-Type", "application/json");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
