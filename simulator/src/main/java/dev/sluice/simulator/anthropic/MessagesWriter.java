package dev.sluice.simulator.anthropic;

import dev.sluice.simulator.openai.ChatRequest;
import dev.sluice.simulator.openai.ReplyWriter;
import dev.sluice.simulator.openai.ReplyWriter.Finish;
import dev.sluice.simulator.openai.ReplyWriter.WrittenReply;
import dev.sluice.simulator.openai.StreamWriter;
import dev.sluice.simulator.token.TokenEstimate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes replies of the Messages API, complete or as streamed events. */
public final class MessagesWriter {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final ChatRequest request;
  private final String text;
  private final Finish finish;
  private final String id = "msg_" + ReplyWriter.hexId().substring(0, 24);
  private final String toolUseId = "toolu_" + ReplyWriter.hexId().substring(0, 24);
  private final List<String> events = new ArrayList<>();

  public MessagesWriter(ChatRequest request, String text, Finish finish) {
    this.request = request;
    this.text = text;
    this.finish = finish;
  }

  /** The reply of count_tokens. */
  public static WrittenReply tokenCount(ChatRequest request) {
    return new WrittenReply(
        JSON.writeValueAsString(
            JSON.createObjectNode().put("input_tokens", request.promptTokens())),
        0);
  }

  /** The complete reply. */
  public WrittenReply complete() {
    ObjectNode message = message();
    ObjectNode block = block(message.withArray("content").addObject());
    if (request.tool() == null) {
      block.put("text", text);
    } else {
      block.set("input", JSON.readTree(text));
    }
    message.put("stop_reason", stopReason());
    usage(message, outputTokens());
    return new WrittenReply(JSON.writeValueAsString(message), outputTokens());
  }

  /** One delta per word, between the start and stop events of message and content block. */
  public StreamWriter.Stream stream() {
    boolean isText = request.tool() == null;
    ObjectNode start = message();
    usage(start, 1); // the delta at the end has the real number
    add("message_start", event -> event.set("message", start));
    add(
        "content_block_start",
        event -> {
          ObjectNode block = block(event.put("index", 0).putObject("content_block"));
          if (isText) {
            block.put("text", "");
          } else {
            block.putObject("input");
          }
        });
    add("ping", event -> {});
    for (String word : StreamWriter.words(text)) {
      add(
          "content_block_delta",
          event ->
              event
                  .put("index", 0)
                  .putObject("delta")
                  .put("type", isText ? "text_delta" : "input_json_delta")
                  .put(isText ? "text" : "partial_json", word));
    }
    add("content_block_stop", event -> event.put("index", 0));
    add(
        "message_delta",
        event -> {
          event.putObject("delta").put("stop_reason", stopReason()).putNull("stop_sequence");
          event.putObject("usage").put("output_tokens", outputTokens());
        });
    add("message_stop", event -> {});
    return new StreamWriter.Stream(List.copyOf(events), outputTokens());
  }

  private long outputTokens() {
    return TokenEstimate.of(text);
  }

  private ObjectNode message() {
    ObjectNode message = JSON.createObjectNode();
    message.put("id", id).put("type", "message").put("role", "assistant");
    message.put("model", request.model().snapshot());
    message.putArray("content");
    return message.putNull("stop_reason").putNull("stop_sequence");
  }

  /** Adds the members of a content block that precede its content. */
  private ObjectNode block(ObjectNode block) {
    return request.tool() == null
        ? block.put("type", "text")
        : block.put("type", "tool_use").put("id", toolUseId).put("name", request.tool());
  }

  private String stopReason() {
    return switch (finish) {
      case STOP -> "end_turn";
      case LENGTH -> "max_tokens";
      case TOOL_CALLS -> "tool_use";
      case CONTENT_FILTER -> "refusal";
    };
  }

  /** Anthropic's {@code input_tokens} do not include the cached ones. */
  private void usage(ObjectNode message, long outputTokens) {
    long cached = request.prompt().cachedTokens();
    message
        .putObject("usage")
        .put("input_tokens", request.promptTokens() - cached)
        .put("cache_creation_input_tokens", 0)
        .put("cache_read_input_tokens", cached)
        .put("output_tokens", outputTokens)
        .put("service_tier", request.tier());
  }

  private void add(String type, Consumer<ObjectNode> members) {
    ObjectNode event = JSON.createObjectNode().put("type", type);
    members.accept(event);
    events.add("event: %s\ndata: %s\n\n".formatted(type, JSON.writeValueAsString(event)));
  }
}
