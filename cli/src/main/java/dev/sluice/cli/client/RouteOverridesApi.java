package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Client for the producer's endpoints that hold and release routes. */
public final class RouteOverridesApi {
  private static final String OUTCOME_UNKNOWN =
      "The request may have been processed: check with `routes`.";

  private final SluiceClient client;

  RouteOverridesApi(SluiceClient client) {
    this.client = client;
  }

  /**
   * Holds a route.
   *
   * @param minutes null to hold it until it is released
   */
  public JsonNode hold(String route, String reason, @Nullable Long minutes) {
    ObjectNode request = JsonValues.object().put("reason", reason).put("minutes", minutes);
    return client.post(path(route, "/hold"), JsonValues.bytes(request), OUTCOME_UNKNOWN);
  }

  /** Ends every hold of a route. */
  public JsonNode release(String route) {
    return client.post(path(route, "/release"), new byte[0], OUTCOME_UNKNOWN);
  }

  private static String path(String route, String action) {
    String name = URLEncoder.encode(route, StandardCharsets.UTF_8).replace("+", "%20");
    return "/api/routes/" + name + action;
  }
}
