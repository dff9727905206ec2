package dev.sluice.simulator.openai;

import dev.sluice.simulator.openai.ReplyWriter.Finish;
import dev.sluice.simulator.token.TokenEstimate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a reply as the server-sent events that OpenAI streams it in. */
public final class StreamWriter {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern BEFORE_A_WORD = Pattern.compile("(?<=\\s)(?=\\S)");
  private static final String DONE = "data: [DONE]\n\n";

  private final ChatRequest request;
  private final String id = "chatcmpl-" + ReplyWriter.hexId();
  private final Instant now;
  private final List<String> events = new ArrayList<>();

  private StreamWriter(ChatRequest request, Instant now) {
    this.request = request;
    this.now = now;
  }

  /**
   * A stream and what it cost.
   *
   * @param events in their order, each with the empty line that ends it
   * @param completionTokens tokens of all choices together
   */
  public record Stream(List<String> events, long completionTokens) {}

  /** A word an event, choice by choice; the usage where it was asked for; the end. */
  public static Stream chat(
      ChatRequest request, ChatRequest.Streaming how, String text, Finish finish, Instant now) {
    StreamWriter writer = new StreamWriter(request, now);
    for (int i = 0; i < request.choices(); i++) {
      writer.choice(i, text, finish);
    }
    long completion = request.choices() * TokenEstimate.of(text);
    if (how.usage()) {
      ObjectNode last = writer.chunk();
      last.putArray("choices");
      ReplyWriter.usage(last, request, completion);
      writer.add(last);
    }
    writer.events.add(DONE);
    return new Stream(List.copyOf(writer.events), completion);
  }

  /** The pieces that a text is streamed in. */
  static List<String> words(String text) {
    return BEFORE_A_WORD.splitAsStream(text).toList();
  }

  private void choice(int index, String text, Finish finish) {
    String tool = request.tool();
    ObjectNode first = chunk();
    ObjectNode delta = delta(first, index, null);
    delta.put("role", "assistant");
    if (tool == null) {
      delta.put("content", "");
    } else {
      ReplyWriter.toolCall(delta.putArray("tool_calls").addObject().put("index", 0), tool, "");
    }
    add(first);
    for (String word : words(text)) {
      ObjectNode next = chunk();
      ObjectNode more = delta(next, index, null);
      if (tool == null) {
        more.put("content", word);
      } else {
        ObjectNode call = more.putArray("tool_calls").addObject().put("index", 0);
        call.putObject("function").put("arguments", word);
      }
      add(next);
    }
    ObjectNode last = chunk();
    delta(last, index, finish);
    add(last);
  }

  private ObjectNode chunk() {
    return ReplyWriter.frame(request, "chat.completion.chunk", id, now);
  }

  private static ObjectNode delta(ObjectNode chunk, int index, @Nullable Finish finish) {
    ObjectNode choice = chunk.putArray("choices").addObject();
    choice.put("index", index);
    choice.putNull("logprobs");
    choice.put("finish_reason", finish == null ? null : finish.wireName());
    return choice.putObject("delta");
  }

  private void add(ObjectNode chunk) {
    events.add("data: " + JSON.writeValueAsString(chunk) + "\n\n");
  }
}
