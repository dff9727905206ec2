package dev.sluice.bench.hostile;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The API with the key of one project.
 *
 * @param url base URL of a producer
 * @param key API key of the project
 */
record ProjectClient(HttpClient http, URI url, String key) {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final String BOUNDARY = "bench-boundary";
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Creates a project and its key with the administrator's key. */
  ProjectClient createProject(String project) {
    String created =
        post("/api/keys", "{\"name\":\"%s\",\"project\":\"%s\"}".formatted(project, project));
    return new ProjectClient(http, url, JSON.readTree(created).path("key").asString());
  }

  /** The same project at another producer. */
  ProjectClient at(URI producer) {
    return new ProjectClient(http, producer, key);
  }

  /** Uploads a batch file; returns its id, or an empty string if the producer rejects it. */
  String upload(String lines) {
    String body =
        "--%1$s\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--%1$s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"tasks.jsonl\"\r\n\r\n%2$s\r\n--%1$s--\r\n"
            .formatted(BOUNDARY, lines);
    HttpRequest request =
        request("/v1/files")
            .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
            .POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8))
            .build();
    return JSON.readTree(send(request)).path("id").asString("");
  }

  /** Creates a batch; returns its id, or an empty string if the producer rejects it. */
  String createBatch(String file, int priority) {
    String batch =
        post(
            "/v1/batches",
            "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\",\"priority\":%d}"
                .formatted(file, priority));
    return JSON.readTree(batch).path("id").asString("");
  }

  JsonNode batch(String id) {
    return JSON.readTree(send(request("/v1/batches/" + id).build()));
  }

  /** Sends a POST, and returns the body of any response. */
  String post(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve(path))
        .header("Authorization", "Bearer " + key)
        .timeout(TIMEOUT);
  }

  /** An empty object if there is no response. */
  private String send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      return response.body().isBlank() ? "{}" : response.body();
    } catch (IOException unavailable) {
      return "{}";
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return "{}";
    }
  }
}
