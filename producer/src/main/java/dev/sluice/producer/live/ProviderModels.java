package dev.sluice.producer.live;

import dev.sluice.common.json.Json;
import dev.sluice.platform.route.ProviderConnection;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * Reads the list of models of one provider, at most 4 MiB in 10 s. The provider's key is removed
 * from the reply, which is passed to every caller.
 */
record ProviderModels(ProviderConnection provider) {
  private static final String PATH = "/models";
  private static final int MAX_BYTES = 4 * 1024 * 1024;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Shorter keys may match ordinary text. */
  private static final int MIN_KEY_LENGTH = 12;

  /**
   * A model as the provider lists it.
   *
   * @param created Unix time in seconds; 0 if unknown
   */
  record ListedModel(String id, long created, String ownedBy) {}

  /**
   * @throws IOException if the provider returns no list in time, or a longer one
   */
  List<ListedModel> list() throws IOException, InterruptedException {
    String key = provider.key();
    List<ListedModel> models = new ArrayList<>();
    for (JsonNode model : body(request(key)).path("data")) {
      models.add(
          new ListedModel(
              redacted(model.path("id").asString(""), key),
              model.path("created").asLong(0),
              redacted(model.path("owned_by").asString(""), key)));
    }
    return models;
  }

  private HttpRequest request(String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(provider.url(PATH))).timeout(TIMEOUT);
    provider.headers(PATH, key, Map.of()).forEach(request::header);
    return request.build();
  }

  /** The timeout of a request ends with the response's headers, so the body has its own. */
  private JsonNode body(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        provider.client().send(request, BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      CompletableFuture<Void> deadline =
          CompletableFuture.runAsync(
              () -> close(in),
              CompletableFuture.delayedExecutor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
      byte[] body = in.readNBytes(MAX_BYTES + 1);
      deadline.cancel(false);
      if (response.statusCode() / 100 != 2) {
        throw new IOException("HTTP " + response.statusCode());
      }
      if (body.length > MAX_BYTES) {
        throw new IOException("the reply has more than %d bytes".formatted(MAX_BYTES));
      }
      return Json.object(body)
          .orElseThrow(
              () -> new IOException("no JSON object within " + TIMEOUT.toSeconds() + " s"));
    }
  }

  private static void close(InputStream in) {
    try {
      in.close();
    } catch (IOException ignored) {
      // the reader fails, or parses a part of the reply, which is no JSON object
    }
  }

  private static String redacted(String value, String key) {
    return key.length() < MIN_KEY_LENGTH ? value : value.replace(key, "***");
  }
}
