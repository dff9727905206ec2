package dev.sluice.simulator.anthropic;

import dev.sluice.simulator.openai.ChatRequest;
import dev.sluice.simulator.openai.InvalidRequestException;
import dev.sluice.simulator.openai.Model;
import dev.sluice.simulator.openai.OpenAiError;
import dev.sluice.simulator.openai.ParseResult;
import dev.sluice.simulator.openai.Prompt;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Parses requests of the Messages API, with Anthropic's error messages. */
public final class MessagesReader {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private MessagesReader() {}

  /** Parses a body of /v1/messages. */
  public static ParseResult message(byte[] body) {
    return read(body, true);
  }

  /** Parses a body of /v1/messages/count_tokens, which has no {@code max_tokens}. */
  public static ParseResult tokenCount(byte[] body) {
    return read(body, false);
  }

  private static ParseResult read(byte[] body, boolean needsMaxTokens) {
    JsonNode json = object(body).orElse(null);
    if (json == null) {
      return new ParseResult.Invalid(invalid("The request body is not valid JSON."), "");
    }
    String name = json.path("model").asString("");
    try {
      return new ParseResult.Valid(request(model(name), json, needsMaxTokens));
    } catch (InvalidRequestException rejected) {
      return new ParseResult.Invalid(rejected.error(), name);
    }
  }

  private static ChatRequest request(Model model, JsonNode json, boolean needsMaxTokens)
      throws InvalidRequestException {
    OptionalLong maxTokens = needsMaxTokens ? maxTokens(model, json) : OptionalLong.empty();
    Prompt prompt = prompt(json);
    if (prompt.tokens() > model.contextLength()) {
      throw new InvalidRequestException(
          invalid(
              "prompt is too long: %d tokens > %d maximum"
                  .formatted(prompt.tokens(), model.contextLength())));
    }
    boolean isStreamed = json.path("stream").asBoolean(false);
    return new ChatRequest(
        model,
        prompt,
        maxTokens,
        1,
        isStreamed ? new ChatRequest.Streaming(true) : null,
        tool(json),
        schema(json),
        "standard");
  }

  private static Model model(String name) throws InvalidRequestException {
    if (name.isEmpty()) {
      throw new InvalidRequestException(invalid("model: Field required"));
    }
    return Model.named(name)
        .filter(Model::supportsChat)
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    new OpenAiError(404, "model: " + name, "not_found_error", null, null)));
  }

  private static OptionalLong maxTokens(Model model, JsonNode json) throws InvalidRequestException {
    JsonNode value = json.path("max_tokens");
    if (value.isMissingNode()) {
      throw new InvalidRequestException(invalid("max_tokens: Field required"));
    }
    if (!value.isIntegralNumber() || value.asLong(0) < 1) {
      throw new InvalidRequestException(
          invalid("max_tokens: Input should be a valid integer greater than or equal to 1"));
    }
    long max = value.asLong();
    if (max > model.maxOutput()) {
      throw new InvalidRequestException(
          invalid(
              "max_tokens: %d > %d, which is the maximum allowed number of output tokens for %s"
                  .formatted(max, model.maxOutput(), model.name())));
    }
    return OptionalLong.of(max);
  }

  private static Prompt prompt(JsonNode json) throws InvalidRequestException {
    JsonNode messages = json.path("messages");
    if (!messages.isArray()) {
      throw new InvalidRequestException(invalid("messages: Field required"));
    }
    if (messages.isEmpty()) {
      throw new InvalidRequestException(invalid("messages: at least one message is required"));
    }
    Prompt.Builder prompt = new Prompt.Builder();
    if (json.has("system")) {
      prompt.add(text(json.path("system")), false);
    }
    for (int i = 0; i < messages.size(); i++) {
      JsonNode message = messages.get(i);
      String role = message.path("role").asString("");
      if (!role.equals("user") && !role.equals("assistant")) {
        throw new InvalidRequestException(
            invalid("messages.%d.role: Input should be 'user' or 'assistant'".formatted(i)));
      }
      if (!message.has("content")) {
        throw new InvalidRequestException(
            invalid("messages.%d.content: Field required".formatted(i)));
      }
      prompt.add(text(message.path("content")), role.equals("user"));
    }
    return prompt.build();
  }

  /** A string, or blocks; a tool's result is a block with content of its own. */
  private static String text(JsonNode content) {
    return content.isArray()
        ? content
            .valueStream()
            .map(block -> block.path("text").asString(resultText(block.path("content"))))
            .collect(Collectors.joining("\n"))
        : content.asString("");
  }

  private static String resultText(JsonNode result) {
    return result.isArray()
        ? result
            .valueStream()
            .map(block -> block.path("text").asString(""))
            .collect(Collectors.joining("\n"))
        : result.asString("");
  }

  /** The tool to call: the chosen one, else the first; null without tools or after a result. */
  private static @Nullable String tool(JsonNode json) {
    JsonNode choice = json.path("tool_choice");
    JsonNode messages = json.path("messages");
    boolean hasResult =
        messages
            .path(messages.size() - 1)
            .path("content")
            .valueStream()
            .anyMatch(block -> block.path("type").asString("").equals("tool_result"));
    if (hasResult || choice.path("type").asString("").equals("none")) {
      return null;
    }
    String first = json.path("tools").path(0).path("name").asString("");
    String chosen = choice.path("name").asString(first);
    return chosen.isEmpty() ? null : chosen;
  }

  private static @Nullable JsonNode schema(JsonNode json) {
    JsonNode schema = json.path("output_config").path("format").path("schema");
    return schema.isObject() ? schema : null;
  }

  private static OpenAiError invalid(String message) {
    return new OpenAiError(400, message, AnthropicErrors.INVALID_REQUEST, null, null);
  }

  private static Optional<JsonNode> object(byte[] body) {
    try {
      return Optional.of(JSON.readTree(body)).filter(JsonNode::isObject);
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }
}
