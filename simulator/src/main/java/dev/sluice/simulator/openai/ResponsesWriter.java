package dev.sluice.simulator.openai;

import dev.sluice.simulator.openai.ReplyWriter.Finish;
import dev.sluice.simulator.openai.ReplyWriter.WrittenReply;
import dev.sluice.simulator.token.TokenEstimate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Writes replies of the Responses API, complete or as streamed events. */
public final class ResponsesWriter {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String IN_PROGRESS = "in_progress";

  private final ResponsesRequest request;
  private final String text;
  private final Finish finish;
  private final Instant now;
  private final String id = "resp_" + ReplyWriter.hexId();
  private final String itemId;
  private final String callId = "call_" + ReplyWriter.hexId().substring(0, 24);
  private final List<String> events = new ArrayList<>();

  public ResponsesWriter(ResponsesRequest request, String text, Finish finish, Instant now) {
    this.request = request;
    this.text = text;
    this.finish = finish;
    this.now = now;
    this.itemId = (request.tool() == null ? "msg_" : "fc_") + ReplyWriter.hexId();
  }

  /** The complete reply. */
  public WrittenReply complete() {
    return new WrittenReply(JSON.writeValueAsString(finalResponse()), completionTokens());
  }

  /** One event per word, between the start and end events of response, item and part. */
  public StreamWriter.Stream stream() {
    boolean isText = request.tool() == null;
    JsonNode initialResponse = response(IN_PROGRESS);
    add("response.created", event -> event.set("response", initialResponse));
    add("response.in_progress", event -> event.set("response", initialResponse));
    addItem("response.output_item.added", IN_PROGRESS, "");
    if (isText) {
      addItemEvent("response.content_part.added", event -> event.set("part", part("")));
    }
    for (String word : StreamWriter.words(text)) {
      addItemEvent(
          isText ? "response.output_text.delta" : "response.function_call_arguments.delta",
          event -> event.put("delta", word));
    }
    if (isText) {
      addItemEvent("response.output_text.done", event -> event.put("text", text));
      addItemEvent("response.content_part.done", event -> event.set("part", part(text)));
    } else {
      addItemEvent(
          "response.function_call_arguments.done",
          event -> event.put("name", request.tool()).put("arguments", text));
    }
    addItem("response.output_item.done", status(), text);
    add("response." + status(), event -> event.set("response", finalResponse()));
    return new StreamWriter.Stream(List.copyOf(events), completionTokens());
  }

  private long completionTokens() {
    return TokenEstimate.of(text);
  }

  private String status() {
    return switch (finish) {
      case STOP, TOOL_CALLS -> "completed";
      case LENGTH, CONTENT_FILTER -> "incomplete";
    };
  }

  private ObjectNode finalResponse() {
    ObjectNode response = response(status());
    response.withArray("output").add(item(status(), text));
    long completion = completionTokens();
    ObjectNode usage = response.putObject("usage");
    usage.put("input_tokens", request.promptTokens());
    usage
        .putObject("input_tokens_details")
        .put("cached_tokens", request.prompt().cachedTokens())
        .put("cache_write_tokens", 0);
    usage.put("output_tokens", completion);
    usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
    usage.put("total_tokens", request.promptTokens() + completion);
    return response;
  }

  /** The response without items and usage. */
  private ObjectNode response(String status) {
    ObjectNode response = JSON.createObjectNode();
    response.put("id", id);
    response.put("object", "response");
    response.put("created_at", now.getEpochSecond());
    response.put("status", status);
    response.set("background", BooleanNode.FALSE);
    response.putNull("error");
    incomplete(response);
    repeat(response, "instructions", NullNode.instance);
    repeat(response, "max_output_tokens", NullNode.instance);
    response.put("model", request.model().snapshot());
    response.putArray("output");
    repeat(response, "parallel_tool_calls", BooleanNode.TRUE);
    repeat(response, "previous_response_id", NullNode.instance);
    response.putObject("reasoning").putNull("effort").putNull("summary");
    repeat(response, "service_tier", StringNode.valueOf("default"));
    repeat(response, "store", BooleanNode.TRUE);
    repeat(response, "temperature", DoubleNode.valueOf(1));
    response.putObject("text").putObject("format").put("type", "text");
    repeat(response, "tool_choice", StringNode.valueOf("auto"));
    repeat(response, "tools", JSON.createArrayNode());
    repeat(response, "top_p", DoubleNode.valueOf(1));
    repeat(response, "truncation", StringNode.valueOf("disabled"));
    response.putNull("usage");
    repeat(response, "user", NullNode.instance);
    repeat(response, "metadata", JSON.createObjectNode());
    return response;
  }

  private void incomplete(ObjectNode response) {
    if (response.path("status").asString().equals("incomplete")) {
      String reason = finish == Finish.LENGTH ? "max_output_tokens" : finish.wireName();
      response.putObject("incomplete_details").put("reason", reason);
    } else {
      response.putNull("incomplete_details");
    }
  }

  private void repeat(ObjectNode response, String name, JsonNode defaultValue) {
    JsonNode value = request.body().path(name);
    response.set(name, value.isMissingNode() ? defaultValue : value);
  }

  private ObjectNode item(String status, String content) {
    ObjectNode item = JSON.createObjectNode();
    item.put("id", itemId);
    if (request.tool() != null) {
      return item.put("type", "function_call")
          .put("status", status)
          .put("arguments", content)
          .put("call_id", callId)
          .put("name", request.tool());
    }
    item.put("type", "message");
    item.put("status", status);
    ArrayNode parts = item.putArray("content");
    item.put("role", "assistant");
    if (!status.equals(IN_PROGRESS)) {
      parts.add(part(content));
    }
    return item;
  }

  private static ObjectNode part(String partText) {
    ObjectNode part = JSON.createObjectNode();
    part.put("type", "output_text");
    part.putArray("annotations");
    part.putArray("logprobs");
    return part.put("text", partText);
  }

  private void addItem(String type, String status, String content) {
    add(type, event -> event.put("output_index", 0).set("item", item(status, content)));
  }

  private void addItemEvent(String type, Consumer<ObjectNode> members) {
    add(
        type,
        event -> {
          event.put("item_id", itemId).put("output_index", 0);
          if (request.tool() == null) {
            event.put("content_index", 0);
          }
          if (type.startsWith("response.output_text")) {
            event.putArray("logprobs");
          }
          members.accept(event);
        });
  }

  private void add(String type, Consumer<ObjectNode> members) {
    ObjectNode event = JSON.createObjectNode();
    event.put("type", type).put("sequence_number", events.size());
    members.accept(event);
    events.add("event: %s\ndata: %s\n\n".formatted(type, JSON.writeValueAsString(event)));
  }
}
