package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Calls the producer's dead-letter desk. */
public final class DeadLettersApi {
  private static final String PATH = "/api/dead";
  private static final String JOBS = PATH + "/jobs";
  private static final String IF_BROKEN =
      "Whether it was done is not known: look with `dead show`, or `dead stats`.";

  private final SluiceClient client;

  DeadLettersApi(SluiceClient client) {
    this.client = client;
  }

  /**
   * A page.
   *
   * @param query filter, {@code after} and {@code limit}
   */
  public JsonNode list(Map<String, String> query) throws InterruptedException {
    return client.get(PATH + query(query));
  }

  public JsonNode stats(Map<String, String> filter) throws InterruptedException {
    return client.get(PATH + "/stats" + query(filter));
  }

  public JsonNode letter(String id) throws InterruptedException {
    return client.get(PATH + "/" + encoded(id));
  }

  public JsonNode peek(String route) throws InterruptedException {
    return client.get(PATH + "/peek?route=" + encoded(route));
  }

  /** Replays or discards one. */
  public JsonNode act(String id, String act, JsonNode request) {
    return client.post(PATH + "/" + encoded(id) + "/" + act, JsonValues.bytes(request), IF_BROKEN);
  }

  public JsonNode createJob(JsonNode request) {
    return client.post(JOBS, JsonValues.bytes(request), IF_BROKEN);
  }

  public JsonNode job(String id) throws InterruptedException {
    return client.get(JOBS + "/" + encoded(id));
  }

  private static String query(Map<String, String> query) {
    return query.entrySet().stream()
        .map(one -> one.getKey() + "=" + encoded(one.getValue()))
        .collect(Collectors.joining("&", query.isEmpty() ? "" : "?", ""));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
