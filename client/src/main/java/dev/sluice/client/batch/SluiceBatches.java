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

/** A minimal HTTP client for batches. OpenAI's SDKs can be used instead and offer more. */
public final class SluiceBatches {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;
  private final String apiKey;

  private SluiceBatches(String url, String apiKey) {
    this.url = url;
    this.apiKey = apiKey;
  }

  /**
   * A client for one producer.
   *
   * @param url the URL of the producer, with or without {@code /v1}
   * @param apiKey an API key of the producer
   */
  public static SluiceBatches create(URI url, String apiKey) {
    return new SluiceBatches(url.toString().replaceFirst("(?<=[^/:])(/+v1)?/*$", ""), apiKey);
  }

  /**
   * Uploads an input file and creates a batch with a completion window of 24 hours.
   *
   * @param file a JSONL file in the format of OpenAI's Batch API, one request per line
   * @param endpoint the endpoint of all lines, such as {@code /v1/chat/completions}
   * @throws UncheckedIOException if the producer is unreachable or rejects the request; the message
   *     contains its response
   */
  public BatchInfo submit(Path file, String endpoint) {
    String request =
        JSON.writeValueAsString(
            Map.of(
                "input_file_id", upload(file), "endpoint", endpoint, "completion_window", "24h"));
    return batch(
        send(
            request("/v1/batches")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(request))));
  }

  /**
   * The current state of a batch.
   *
   * @throws UncheckedIOException if the producer is unreachable or rejects the request
   */
  public BatchInfo find(String id) {
    return batch(send(request("/v1/batches/" + id)));
  }

  /**
   * Cancels a batch. Tasks that are not sent to the provider yet are cancelled.
   *
   * @throws UncheckedIOException if the producer is unreachable or rejects the request
   */
  public BatchInfo cancel(String id) {
    return batch(send(request("/v1/batches/" + id + "/cancel").POST(BodyPublishers.noBody())));
  }

  /**
   * Downloads a file, such as the output file of a batch.
   *
   * @param file the file id
   * @param target the path to write to
   * @throws UncheckedIOException if the producer is unreachable or rejects the request
   */
  public void download(String file, Path target) {
    try {
      HttpResponse<Path> response =
          http.send(request("/v1/files/" + file + "/content").build(), BodyHandlers.ofFile(target));
      requireSuccess(response.statusCode(), "file " + file);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    }
  }

  private String upload(Path file) {
    String boundary = UUID.randomUUID().toString();
    String preamble =
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
              BodyPublishers.ofString(preamble),
              BodyPublishers.ofFile(file),
              BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
      return send(request("/v1/files")
              .header("Content-Type", "multipart/form-data; boundary=" + boundary)
              .POST(parts))
          .path("id")
          .asString("");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(TIMEOUT)
        .header("Authorization", "Bearer " + apiKey);
  }

  private JsonNode send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      requireSuccess(response.statusCode(), response.body());
      return JSON.readTree(response.body());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    }
  }

  private static void requireSuccess(int status, String message) throws IOException {
    if (status / 100 != 2) {
      throw new IOException("The producer returned HTTP %d: %s".formatted(status, message));
    }
  }

  private static UncheckedIOException interrupted(InterruptedException interrupted) {
    Thread.currentThread().interrupt();
    return new UncheckedIOException(
        new IOException("interrupted while waiting for the producer", interrupted));
  }

  private static BatchInfo batch(JsonNode batch) {
    return new BatchInfo(
        batch.path("id").asString(""),
        batch.path("status").asString(""),
        batch.path("output_file_id").asString(""));
  }
}
