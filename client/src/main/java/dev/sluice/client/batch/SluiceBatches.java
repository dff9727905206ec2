package dev.sluice.client.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Submits batches to a producer over HTTP. OpenAI's own SDKs do the same, and more. */
public final class SluiceBatches {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;
  private final String key;

  private SluiceBatches(String url, String key) {
    this.url = url;
    this.key = key;
  }

  /**
   * The producer there.
   *
   * @param url without {@code /v1}
   */
  public static SluiceBatches at(URI url, String key) {
    return new SluiceBatches(url.toString().replaceAll("/+$", ""), key);
  }

  /**
   * Uploads a batch file and makes a batch of it that may take a day.
   *
   * @param file one request a line, as OpenAI's Batch API takes it
   * @param endpoint that of all its lines, such as {@code /v1/chat/completions}
   * @throws UncheckedIOException where the producer is not reached or refuses it, saying why
   */
  public BatchInfo submit(Path file, String endpoint) {
    String request =
        JSON.writeValueAsString(
            Map.of(
                "input_file_id", upload(file), "endpoint", endpoint, "completion_window", "24h"));
    return batch(
        send(
            to("/v1/batches")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(request))));
  }

  /** How a batch stands now. */
  public BatchInfo find(String id) {
    return batch(send(to("/v1/batches/" + id)));
  }

  /** Stops a batch: what is not with the provider yet is not called. */
  public BatchInfo cancel(String id) {
    return batch(send(to("/v1/batches/" + id + "/cancel").POST(BodyPublishers.noBody())));
  }

  /** Writes a file of the producer's, such as a batch's output, to this path. */
  public void download(String file, Path to) {
    try {
      HttpResponse<Path> answer =
          http.send(to("/v1/files/" + file + "/content").build(), BodyHandlers.ofFile(to));
      check(answer.statusCode(), "file " + file);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      throw interrupted(stopped);
    }
  }

  private String upload(Path file) {
    String boundary = UUID.randomUUID().toString();
    String head =
        """
        --%1$s\r
        Content-Disposition: form-data; name="purpose"\r
        \r
        batch\r
        --%1$s\r
        Content-Disposition: form-data; name="file"; filename="batch.jsonl"\r
        Content-Type: application/octet-stream\r
        \r
        """
            .formatted(boundary);
    try {
      BodyPublisher parts =
          BodyPublishers.concat(
              BodyPublishers.ofString(head),
              BodyPublishers.ofFile(file),
              BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
      return send(to("/v1/files")
              .header("Content-Type", "multipart/form-data; boundary=" + boundary)
              .POST(parts))
          .path("id")
          .asString("");
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + key);
  }

  private JsonNode send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      check(answer.statusCode(), answer.body());
      return JSON.readTree(answer.body());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      throw interrupted(stopped);
    }
  }

  private static void check(int status, String said) throws IOException {
    if (status / 100 != 2) {
      throw new IOException("The producer answers %d: %s".formatted(status, said));
    }
  }

  private static UncheckedIOException interrupted(InterruptedException stopped) {
    Thread.currentThread().interrupt();
    return new UncheckedIOException(new IOException("interrupted", stopped));
  }

  private static BatchInfo batch(JsonNode batch) {
    return new BatchInfo(
        batch.path("id").asString(""),
        batch.path("status").asString(""),
        batch.path("output_file_id").asString(""));
  }
}
