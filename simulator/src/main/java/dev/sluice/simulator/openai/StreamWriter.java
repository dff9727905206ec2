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

/** Writes a streamed chat reply as OpenAI's server-sent events. */
public final class StreamWriter {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern WORD_START = Pattern.compile("(?<=\\s)(?=\\S)");
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
   * The events of a stream and its usage.
   *
   * @param events the events in order, each with its terminating empty line
   * @param completionTokens completion tokens of all choices together
   */
  public record Stream(List<String> events, long completionTokens) {}

  /** One event per word for each choice, then the usage if requested, then the end. */
  public static Stream chat(
      ChatRequest request,
      ChatRequest.Streaming streaming,
      String text,
      Finish finish,
      Instant now) {
    StreamWriter writer = new StreamWriter(request, now);
    for (int i = 0; i < request.choices(); i++) {
      writer.choice(i, text, finish);
    }
    long completion = request.choices() * TokenEstimate.of(text);
    if (streaming.usage()) {
      ObjectNode last = writer.chunk();
      last.putArray("choices");
      ReplyWriter.usage(last, request, completion);
      writer.add(last);
    }
    writer.events.add(DONE);
    return new Stream(List.copyOf(writer.events), completion);
  }

  /** Splits a text into the words that are streamed as events. */
  public static List<String> words(String text) {
    return WORD_START.splitAsStream(text).toList();
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
