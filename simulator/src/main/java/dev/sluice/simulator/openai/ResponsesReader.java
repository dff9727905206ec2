package dev.sluice.simulator.openai;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Parses and validates requests of the Responses API. */
final class ResponsesReader {
  private static final int MIN_OUTPUT = 16;

  private ResponsesReader() {}

  static ResponsesRequest read(Model model, JsonNode body) throws InvalidRequestException {
    if (!model.supportsChat()) {
      throw new InvalidRequestException(
          OpenAiError.invalid(
              "The requested model '%s' cannot be used with the Responses API."
                  .formatted(model.name()),
              "model",
              "unsupported_model"));
    }
    Prompt prompt = prompt(body);
    OptionalLong maxOutput = OutputLimit.read(model, body, "max_output_tokens", MIN_OUTPUT);
    prompt.checkContextLength(model, maxOutput, "input");
    return new ResponsesRequest(
        model, prompt, maxOutput, body.path("stream").asBoolean(false), tool(body), body);
  }

  private static Prompt prompt(JsonNode body) throws InvalidRequestException {
    Prompt.Builder prompt = new Prompt.Builder();
    if (body.path("instructions").isString()) {
      prompt.add(body.path("instructions").asString(), false);
    }
    JsonNode input = body.path("input");
    if (input.isMissingNode() || input.isNull()) {
      throw new InvalidRequestException(OpenAiError.missing("input"));
    }
    if (input.isString()) {
      prompt.add(input.asString(), true);
    } else if (input.isArray()) {
      for (int i = 0; i < input.size(); i++) {
        JsonNode item = input.get(i);
        prompt.add(text(item, "input[%d]".formatted(i)), isFromUser(item));
      }
    } else {
      throw new InvalidRequestException(
          OpenAiError.wrongType("input", "a string or an array of input items"));
    }
    return prompt.build();
  }

  private static boolean isFromUser(JsonNode item) {
    return item.path("role").asString("").equals("user");
  }

  /** Text of a message, a tool output or a tool call; empty for other types of items. */
  private static String text(JsonNode item, String at) throws InvalidRequestException {
    if (!item.isObject()) {
      throw new InvalidRequestException(OpenAiError.wrongType(at, "an object"));
    }
    if (!item.has("role") && !item.has("type")) {
      throw new InvalidRequestException(OpenAiError.missing(at + ".type"));
    }
    if (item.has("role") && !item.has("content")) {
      throw new InvalidRequestException(OpenAiError.missing(at + ".content"));
    }
    JsonNode content = item.path("content");
    return content.isArray()
        ? content
            .valueStream()
            .map(part -> part.path("text").asString(""))
            .collect(Collectors.joining("\n"))
        : content.asString(item.path("output").asString(item.path("arguments").asString("")));
  }

  /** The function to call for a user message: the chosen one, else the first; null without one. */
  private static @Nullable String tool(JsonNode body) {
    JsonNode input = body.path("input");
    boolean isUserTurn = input.isString() || isFromUser(input.path(input.size() - 1));
    JsonNode choice = body.path("tool_choice");
    if (!isUserTurn || choice.asString("").equals("none")) {
      return null;
    }
    Optional<String> first =
        body.path("tools")
            .valueStream()
            .filter(tool -> tool.path("type").asString("").equals("function"))
            .map(tool -> tool.path("name").asString(""))
            .findFirst();
    return first.map(name -> choice.path("name").asString(name)).orElse(null);
  }
}
