package dev.sluice.producer.deadletter;

import dev.sluice.common.json.Json;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.route.Routes;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.producer.error.ApiException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes of a dead letter's request the one that is sent again. */
@Component
class RequestEditor {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Routes routes;

  RequestEditor(Routes routes) {
    this.routes = routes;
  }

  /** What is sent, and where to. */
  record EditedRequest(Payload body, RequestSummary facts, String route) {}

  /**
   * A request that is not edited stays byte for byte as it was.
   *
   * @throws ApiException where it could not be sent
   */
  EditedRequest edit(RequestEdit edit, Payload before, String route) {
    Payload payload = body(edit, before);
    RequestSummary facts =
        RequestSummary.read(payload)
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "The request is no JSON object: give another one as 'request'.",
                        "request",
                        "invalid_type"));
    if (payload.size() > TaskCodec.MAX_BODY_BYTES) {
      throw ApiException.badRequest(
          "The request has %d bytes; %d are the most."
              .formatted(payload.size(), TaskCodec.MAX_BODY_BYTES),
          "request",
          "request_too_large");
    }
    if (facts.stream()) {
      throw ApiException.badRequest(
          "The request asks for a stream: leave out \"stream\": true.",
          "request.stream",
          "streaming_unsupported");
    }
    return new EditedRequest(payload, facts, route(edit, facts.model(), before, route));
  }

  private static Payload body(RequestEdit edit, Payload before) {
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
    return Payload.of(JSON.writeValueAsBytes(changed));
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

  private String route(RequestEdit edit, String model, Payload before, String route) {
    String asked = edit.route();
    if (asked != null) {
      return known(asked);
    }
    boolean sameModel =
        RequestSummary.read(before).map(RequestSummary::model).filter(model::equals).isPresent();
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
