package dev.sluice.producer.deadletter;

import dev.sluice.common.json.Json;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.web.ApiException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Applies a {@link RequestEdit} to the request of a dead letter and checks the result. */
@Component
class RequestEditor {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Routes routes;

  RequestEditor(Routes routes) {
    this.routes = routes;
  }

  /** The request to publish and its route. */
  record EditedRequest(Payload body, RequestSummary summary, String route) {}

  /**
   * Applies the edit. An unedited request stays identical byte for byte.
   *
   * @throws ApiException 400 if the result is not a request that Sluice can send
   */
  EditedRequest edit(RequestEdit edit, Payload before, String route) {
    Payload payload = body(edit, before);
    RequestSummary summary =
        RequestSummary.read(payload)
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "The request is not a JSON object. Replace it with 'request'.",
                        "request",
                        "invalid_type"));
    if (payload.size() > TaskCodec.MAX_BODY_BYTES) {
      throw ApiException.badRequest(
          "The request has %d bytes; the maximum is %d."
              .formatted(payload.size(), TaskCodec.MAX_BODY_BYTES),
          "request",
          "request_too_large");
    }
    if (summary.invalidStream() != null) {
      throw ApiException.badRequest(
          "The request's \"stream\" is not a boolean. Remove it, or set it to false.",
          "request.stream",
          "invalid_type");
    }
    if (summary.stream()) {
      throw ApiException.badRequest(
          "The request must not be streaming. Remove \"stream\": true.",
          "request.stream",
          "streaming_unsupported");
    }
    return new EditedRequest(payload, summary, route(edit, summary.model(), before, route));
  }

  private static Payload body(RequestEdit edit, Payload before) {
    JsonNode request = edit.request();
    if (request == null && edit.patch() == null && edit.model() == null) {
      return before;
    }
    JsonNode edited = request == null ? Json.object(before.bytes()).orElse(null) : request;
    if (!(edited instanceof ObjectNode)) {
      throw ApiException.badRequest(
          "The request is not a JSON object, so it cannot be patched. Replace it with 'request'.",
          "request",
          "invalid_type");
    }
    if (edit.patch() != null) {
      edited = merged(edited, edit.patch());
    }
    if (edit.model() != null) {
      edited = merged(edited, JSON.createObjectNode().put("model", edit.model()));
    }
    return Payload.of(JSON.writeValueAsBytes(edited));
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
    String requested = edit.route();
    if (requested != null) {
      return serving(existing(requested), model);
    }
    boolean sameModel =
        RequestSummary.read(before).map(RequestSummary::model).filter(model::equals).isPresent();
    return sameModel ? existing(route) : routeOf(model);
  }

  private String existing(String route) {
    if (!routes.names().contains(route)) {
      throw ApiException.badRequest(
          "Route '%s' does not exist. Routes: %s."
              .formatted(route, String.join(", ", routes.names())),
          "route",
          "route_not_found");
    }
    return route;
  }

  /** The same rule as for a batch file: a route takes only models that it serves. */
  private String serving(String name, String model) {
    RouteSettings route = routes.select(List.of(name), "route").all().getFirst();
    if (!route.serves(model)) {
      throw ApiException.badRequest(
          "Route '%s' does not serve model '%s'. It serves: %s."
              .formatted(name, model, String.join(", ", route.models())),
          "model",
          "model_not_found");
    }
    return name;
  }

  private String routeOf(@Nullable String model) {
    return routes
        .forModel(String.valueOf(model))
        .map(RouteSettings::name)
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    "No route serves model '%s'. GET /v1/models lists the models.".formatted(model),
                    "model",
                    "model_not_found"));
  }
}
