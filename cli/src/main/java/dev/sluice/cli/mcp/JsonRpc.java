package dev.sluice.cli.mcp;

import dev.sluice.cli.json.JsonValues;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes the messages of JSON-RPC 2.0. */
final class JsonRpc {
  private JsonRpc() {}

  /** A message of the client. */
  sealed interface Message {}

  /**
   * A message that requires a response.
   *
   * @param id a string or an integer
   */
  record Request(JsonNode id, String method, JsonNode params) implements Message {}

  /** A message without a response. */
  record Notification(String method, JsonNode params) implements Message {}

  /** A response of the client, which this server never requires. */
  record Response() implements Message {}

  /**
   * A message that cannot be processed.
   *
   * @param id null if it cannot be read
   */
  record Malformed(@Nullable JsonNode id, RpcException problem) implements Message {}

  /** Reads the bytes of one line. */
  static Message read(byte[] line) {
    try {
      return read(JsonValues.read(line));
    } catch (JacksonException notJson) {
      String reason = notJson.getOriginalMessage().lines().findFirst().orElse("");
      return new Malformed(
          null,
          new RpcException(
              RpcException.PARSE_ERROR,
              "The line is not JSON (%s). Send one message per line.".formatted(reason)));
    }
  }

  private static Message read(JsonNode json) {
    if (!json.isObject()) {
      return new Malformed(null, invalid("must be a JSON object; batches are not supported"));
    }
    JsonNode id = json.path("id");
    boolean validId = id.isString() || id.isIntegralNumber();
    if (!json.has("method") && (json.has("result") || json.has("error"))) {
      return new Response();
    }
    if (!json.path("jsonrpc").asString("").equals("2.0") || !json.path("method").isString()) {
      return new Malformed(
          validId ? id : null, invalid("needs \"jsonrpc\": \"2.0\" and a string \"method\""));
    }
    String method = json.path("method").asString();
    JsonNode params = json.path("params");
    if (id.isMissingNode()) {
      return new Notification(method, params);
    }
    return validId
        ? new Request(id, method, params)
        : new Malformed(null, invalid("needs an \"id\" that is a string or an integer"));
  }

  private static RpcException invalid(String rule) {
    return new RpcException(RpcException.INVALID_REQUEST, "The message " + rule + ".");
  }

  static ObjectNode result(JsonNode id, JsonNode result) {
    ObjectNode response = response(id);
    response.set("result", result);
    return response;
  }

  /**
   * The response of a failed request.
   *
   * @param id null if it cannot be read
   */
  static ObjectNode error(@Nullable JsonNode id, RpcException problem) {
    ObjectNode response = response(id);
    ObjectNode error = response.putObject("error");
    error.put("code", problem.code()).put("message", problem.getMessage());
    JsonNode data = problem.data();
    if (data != null) {
      error.set("data", data);
    }
    return response;
  }

  private static ObjectNode response(@Nullable JsonNode id) {
    ObjectNode response = JsonValues.object().put("jsonrpc", "2.0");
    if (id == null) {
      response.putNull("id");
    } else {
      response.set("id", id);
    }
    return response;
  }
}
