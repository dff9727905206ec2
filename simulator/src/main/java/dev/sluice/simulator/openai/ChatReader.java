package dev.sluice.simulator.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Parses and validates chat requests. */
final class ChatReader {
  private static final int MAX_CHOICES = 128;

  private ChatReader() {}

  static ChatRequest read(Model model, JsonNode body) throws InvalidRequestException {
    if (!model.supportsChat()) {
      throw new InvalidRequestException(
          new OpenAiError(
              404,
              "This is not a chat model and thus not supported in the v1/chat/completions"
                  + " endpoint. Did you mean to use v1/embeddings?",
              "invalid_request_error",
              "model",
              null));
    }
    JsonNode messages = messages(body);
    Prompt.Builder prompt = new Prompt.Builder();
    for (int i = 0; i < messages.size(); i++) {
      String at = "messages[%d]".formatted(i);
      String text = text(messages.get(i), at);
      prompt.add(text, role(messages.get(i), at).equals("user"));
    }
    Prompt read = prompt.build();
    OptionalLong maxOutput = maxOutput(model, body);
    read.checkContextLength(model, maxOutput, "messages");
    return new ChatRequest(
        model,
        read,
        maxOutput,
        choices(body),
        streaming(body),
        tool(body, messages),
        schema(body),
        body.path("service_tier").asString("default"));
  }

  private static @Nullable JsonNode schema(JsonNode body) {
    JsonNode schema = body.path("response_format").path("json_schema").path("schema");
    return schema.isObject() ? schema : null;
  }

  private static ChatRequest.@Nullable Streaming streaming(JsonNode body) {
    return body.path("stream").asBoolean(false)
        ? new ChatRequest.Streaming(
            body.path("stream_options").path("include_usage").asBoolean(false))
        : null;
  }

  /** The tool to call for a user message: the chosen tool, else the first; null without tools. */
  private static @Nullable String tool(JsonNode body, JsonNode messages) {
    JsonNode last = messages.get(messages.size() - 1);
    JsonNode choice = body.path("tool_choice");
    if (choice.asString("").equals("none") || !last.path("role").asString("").equals("user")) {
      return null;
    }
    String first = body.path("tools").path(0).path("function").path("name").asString("");
    String chosen = choice.path("function").path("name").asString(first);
    return chosen.isEmpty() ? null : chosen;
  }

  private static JsonNode messages(JsonNode body) throws InvalidRequestException {
    JsonNode messages = body.path("messages");
    if (messages.isMissingNode() || messages.isNull()) {
      throw new InvalidRequestException(OpenAiError.missing("messages"));
    }
    if (!messages.isArray()) {
      throw new InvalidRequestException(OpenAiError.wrongType("messages", "an array of objects"));
    }
    if (messages.isEmpty()) {
      throw new InvalidRequestException(
          OpenAiError.invalid(
              "Invalid 'messages': empty array. Expected an array with minimum length 1, but got"
                  + " an empty array instead.",
              "messages",
              "empty_array"));
    }
    return messages;
  }

  private static String role(JsonNode message, String at) throws InvalidRequestException {
    if (!message.isObject()) {
      throw new InvalidRequestException(OpenAiError.wrongType(at, "an object"));
    }
    if (!message.path("role").isString()) {
      throw new InvalidRequestException(OpenAiError.missing(at + ".role"));
    }
    return message.path("role").asString();
  }

  private static String text(JsonNode message, String at) throws InvalidRequestException {
    JsonNode content = message.path("content");
    if (content.isString()) {
      return content.asString();
    }
    if (content.isArray()) {
      List<String> parts = new ArrayList<>();
      content.forEach(part -> parts.add(part.path("text").asString("")));
      return String.join("\n", parts);
    }
    if (content.isNull() || (content.isMissingNode() && message.has("tool_calls"))) {
      return "";
    }
    if (content.isMissingNode() && message.isObject() && message.has("role")) {
      throw new InvalidRequestException(OpenAiError.missing(at + ".content"));
    }
    if (content.isMissingNode()) {
      return "";
    }
    throw new InvalidRequestException(
        OpenAiError.wrongType(at + ".content", "a string or an array of content parts"));
  }

  private static OptionalLong maxOutput(Model model, JsonNode body) throws InvalidRequestException {
    if (!model.acceptsMaxTokens() && body.path("max_tokens").isNumber()) {
      throw new InvalidRequestException(
          OpenAiError.unsupportedParameter("max_tokens", "max_completion_tokens"));
    }
    OptionalLong max = OutputLimit.read(model, body, "max_completion_tokens", 1);
    return max.isPresent() ? max : OutputLimit.read(model, body, "max_tokens", 1);
  }

  private static int choices(JsonNode body) throws InvalidRequestException {
    JsonNode n = body.path("n");
    if (n.isMissingNode() || n.isNull()) {
      return 1;
    }
    if (!n.isInt() || n.asInt() < 1 || n.asInt() > MAX_CHOICES) {
      throw new InvalidRequestException(
          OpenAiError.invalid(
              "Invalid 'n': expected an integer from 1 to %d.".formatted(MAX_CHOICES),
              "n",
              "invalid_value"));
    }
    return n.asInt();
  }
}
