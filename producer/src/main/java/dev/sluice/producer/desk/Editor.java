package dev.sluice.producer.desk;

import dev.sluice.common.json.Json;
import dev.sluice.common.json.RequestFacts;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.route.Routes;
import dev.sluice.common.wire.Body;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.producer.error.ApiException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes of a dead letter's request the one that is sent again. */
@Component
class Editor {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Routes routes;

  Editor(Routes routes) {
    this.routes = routes;
  }

  /** What is sent, and where to. */
  record Edited(Body body, RequestFacts facts, String route) {}

  /**
   * A request that is not edited stays byte for byte as it was.
   *
   * @throws ApiException where it could not be sent
   */
  Edited edit(Edit edit, Body before, String route) {
    Body body = body(edit, before);
    RequestFacts facts =
        RequestFacts.read(body)
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "The request is no JSON object: give another one as 'request'.",
                        "request",
                        "invalid_type"));
    if (body.size() > TaskCodec.MAX_BODY_BYTES) {
      throw ApiException.badRequest(
          "The request has %d bytes; %d are the most."
              .formatted(body.size(), TaskCodec.MAX_BODY_BYTES),
          "request",
          "request_too_large");
    }
    if (facts.stream()) {
      throw ApiException.badRequest(
          "The request asks for a stream: leave out \"stream\": true.",
          "request.stream",
          "streaming_unsupported");
    }
    return new Edited(body, facts, route(edit, facts.model(), before, route));
  }

  private static Body body(Edit edit, Body before) {
    JsonNode request = edit.request();
    if (request == null && edit.patch() == null && edit.model() == null) {
      return before;
    }
    JsonNode changed = request == null ? Json.object(before.bytes()).orElse(null) : request;
    if (!(changed instanceof ObjectNode)) {
      throw ApiException.badRequest(
          "The request is no JSON object, and cannot be changed in part: give another one as 'request'.",
          "request",
          "invalid_type");
    }
    if (edit.patch() != null) {
      changed = merged(changed, edit.patch());
    }
    if (edit.model() != null) {
      changed = merged(changed, JSON.createObjectNode().put("model", edit.model()));
    }
    return Body.of(JSON.writeValueAsBytes(changed));
  }

  private static JsonNode merged(JsonNode target, JsonNode patch) {
    if (!patch.isObject()) {
      return patch;
    }
    ObjectNode merged =
        target instanceof ObjectNode object ? object.deepCopy() : JSON.createObjectNode();
    patch
        .properties()
        .forEach(
            member -> {
              if (member.getValue().isNull()) {
                merged.remove(member.getKey());
              } else {
                merged.set(
                    member.getKey(), merged(merged.path(member.getKey()), member.getValue()));
              }
            });
    return merged;
  }

  private String route(Edit edit, String model, Body before, String route) {
    String asked = edit.route();
    if (asked != null) {
      return known(asked);
    }
    boolean sameModel =
        RequestFacts.read(before).map(RequestFacts::model).filter(model::equals).isPresent();
    return sameModel ? known(route) : routeOf(model);
  }

  private String known(String route) {
    if (!routes.names().contains(route)) {
      throw ApiException.badRequest(
          "There is no route '%s'. There are: %s."
              .formatted(route, String.join(", ", routes.names())),
          "route",
          "route_not_found");
    }
    return route;
  }

  private String routeOf(@Nullable String model) {
    return routes
        .forModel(String.valueOf(model))
        .map(RouteSettings::name)
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    "No route serves the model '%s'.".formatted(model),
                    "model",
                    "model_not_found"));
  }
}
