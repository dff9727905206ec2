package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Client for the producer's dead-letter endpoints. */
public final class DeadLettersApi {
  private static final String PATH = "/api/dead-letters";
  private static final String JOBS = PATH + "/jobs";
  private static final String OUTCOME_UNKNOWN =
      "The request may have been processed: check with `dead-letters show` or `dead-letters stats`.";

  private final SluiceClient client;

  DeadLettersApi(SluiceClient client) {
    this.client = client;
  }

  /**
   * One page of dead letters.
   *
   * @param query filter, {@code after} and {@code limit}
   */
  public JsonNode list(Map<String, String> query) throws InterruptedException {
    return client.get(PATH + query(query));
  }

  public JsonNode stats(Map<String, String> filter) throws InterruptedException {
    return client.get(PATH + "/stats" + query(filter));
  }

  public JsonNode get(String id) throws InterruptedException {
    return client.get(PATH + "/" + encoded(id));
  }

  public JsonNode peek(String route) throws InterruptedException {
    return client.get(PATH + "/peek?route=" + encoded(route));
  }

  /** Replays, discards or accepts one dead letter. */
  public JsonNode apply(String id, String action, JsonNode request) {
    return client.post(
        PATH + "/" + encoded(id) + "/" + action, JsonValues.bytes(request), OUTCOME_UNKNOWN);
  }

  public JsonNode createJob(JsonNode request) {
    return client.post(JOBS, JsonValues.bytes(request), OUTCOME_UNKNOWN);
  }

  public JsonNode job(String id) throws InterruptedException {
    return client.get(JOBS + "/" + encoded(id));
  }

  private static String query(Map<String, String> query) {
    return query.entrySet().stream()
        .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
        .collect(Collectors.joining("&", query.isEmpty() ? "" : "?", ""));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
