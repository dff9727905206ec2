package dev.sluice.simulator.openai;

import dev.sluice.simulator.token.TokenEstimate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes replies and errors in OpenAI's format. */
public final class ReplyWriter {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final long RELEASED = 1_721_172_741;

  private ReplyWriter() {}

  /** Finish reason of a reply. */
  public enum Finish {
    STOP("stop"),
    LENGTH("length"),
    CONTENT_FILTER("content_filter"),
    TOOL_CALLS("tool_calls");

    private final String wireName;

    Finish(String wireName) {
      this.wireName = wireName;
    }

    String wireName() {
      return wireName;
    }
  }

  /**
   * A response body and its usage.
   *
   * @param completionTokens completion tokens of all choices together
   */
  public record WrittenReply(String body, long completionTokens) {}

  public static WrittenReply chat(ChatRequest request, String text, Finish finish, Instant now) {
    ObjectNode reply = frame(request, "chat.completion", "chatcmpl-" + hexId(), now);
    ArrayNode choices = reply.putArray("choices");
    for (int i = 0; i < request.choices(); i++) {
      ObjectNode choice = choices.addObject();
      choice.put("index", i);
      ObjectNode message = choice.putObject("message");
      message.put("role", "assistant");
      if (request.tool() == null) {
        message.put("content", text);
      } else {
        message.putNull("content");
        toolCall(message.putArray("tool_calls").addObject(), request.tool(), text);
      }
      message.putNull("refusal");
      message.putArray("annotations");
      choice.putNull("logprobs");
      choice.put("finish_reason", finish.wireName());
    }
    long completion = request.choices() * TokenEstimate.of(text);
    usage(reply, request, completion);
    return new WrittenReply(JSON.writeValueAsString(reply), completion);
  }

  /** The members that every object of a reply starts with. */
  static ObjectNode frame(ChatRequest request, String object, String id, Instant now) {
    ObjectNode reply = JSON.createObjectNode();
    reply.put("id", id);
    reply.put("object", object);
    reply.put("created", now.getEpochSecond());
    reply.put("model", request.model().snapshot());
    reply.put("service_tier", request.tier());
    reply.put("system_fingerprint", "fp_simulator");
    return reply;
  }

  static void usage(ObjectNode reply, ChatRequest request, long completion) {
    ObjectNode usage = reply.putObject("usage");
    usage.put("prompt_tokens", request.promptTokens());
    usage.put("completion_tokens", completion);
    usage.put("total_tokens", request.promptTokens() + completion);
    usage
        .putObject("prompt_tokens_details")
        .put("cached_tokens", request.prompt().cachedTokens())
        .put("audio_tokens", 0);
    usage
        .putObject("completion_tokens_details")
        .put("reasoning_tokens", 0)
        .put("audio_tokens", 0)
        .put("accepted_prediction_tokens", 0)
        .put("rejected_prediction_tokens", 0);
  }

  static void toolCall(ObjectNode call, String tool, String arguments) {
    call.put("id", "call_" + hexId().substring(0, 24));
    call.put("type", "function");
    call.putObject("function").put("name", tool).put("arguments", arguments);
  }

  public static WrittenReply embedding(EmbeddingRequest request) {
    ObjectNode reply = JSON.createObjectNode();
    reply.put("object", "list");
    ArrayNode data = reply.putArray("data");
    for (int i = 0; i < request.inputs().size(); i++) {
      ObjectNode item = data.addObject();
      item.put("object", "embedding");
      item.put("index", i);
      Vector vector =
          Vector.of(request.model().name(), request.inputs().get(i), request.dimensions());
      if (request.base64()) {
        item.put("embedding", vector.base64());
      } else {
        ArrayNode numbers = item.putArray("embedding");
        vector.forEach(numbers::add);
      }
    }
    reply.put("model", request.model().snapshot());
    reply
        .putObject("usage")
        .put("prompt_tokens", request.promptTokens())
        .put("total_tokens", request.promptTokens());
    return new WrittenReply(JSON.writeValueAsString(reply), 0);
  }

  public static String error(OpenAiError error) {
    ObjectNode reply = JSON.createObjectNode();
    reply
        .putObject("error")
        .put("message", error.message())
        .put("type", error.type())
        .put("param", error.param())
        .put("code", error.code());
    return JSON.writeValueAsString(reply);
  }

  public static String models() {
    ObjectNode reply = JSON.createObjectNode();
    reply.put("object", "list");
    ArrayNode data = reply.putArray("data");
    Model.all().forEach(model -> describe(data.addObject(), model));
    return JSON.writeValueAsString(reply);
  }

  public static String model(Model model) {
    return JSON.writeValueAsString(describe(JSON.createObjectNode(), model));
  }

  private static ObjectNode describe(ObjectNode node, Model model) {
    return node.put("id", model.name())
        .put("object", "model")
        .put("created", RELEASED)
        .put("owned_by", "simulator");
  }

  /** A random id of 32 hex digits. */
  public static String hexId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }
}
