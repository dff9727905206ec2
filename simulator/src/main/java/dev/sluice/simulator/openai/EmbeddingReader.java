package dev.sluice.simulator.openai;

import dev.sluice.simulator.token.TokenEstimate;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Parses and validates embedding requests. */
final class EmbeddingReader {
  private static final int MAX_INPUTS = 2048;

  private EmbeddingReader() {}

  static EmbeddingRequest read(Model model, JsonNode body) throws InvalidRequestException {
    if (!model.supportsEmbeddings()) {
      throw new InvalidRequestException(
          new OpenAiError(
              403,
              "You are not allowed to generate embeddings from this model",
              "invalid_request_error",
              null,
              null));
    }
    List<JsonNode> inputs = inputs(body.path("input"));
    List<String> texts = new ArrayList<>();
    long tokens = 0;
    for (JsonNode input : inputs) {
      // A list of tokens is used as its JSON text, so that equal lists have equal vectors.
      texts.add(input.isString() ? input.asString() : input.toString());
      long inputTokens = input.isString() ? TokenEstimate.of(input.asString()) : input.size();
      if (inputTokens > model.contextLength()) {
        throw new InvalidRequestException(
            OpenAiError.contextLength("input", model.contextLength(), inputTokens));
      }
      tokens += inputTokens;
    }
    return new EmbeddingRequest(model, texts, tokens, dimensions(model, body), base64(body));
  }

  private static List<JsonNode> inputs(JsonNode input) throws InvalidRequestException {
    if (input.isMissingNode() || input.isNull()) {
      throw new InvalidRequestException(OpenAiError.missing("input"));
    }
    List<JsonNode> inputs = new ArrayList<>();
    if (input.isString() || (input.isArray() && input.path(0).isIntegralNumber())) {
      inputs.add(input);
    } else if (input.isArray()) {
      input.forEach(inputs::add);
    }
    boolean invalid =
        inputs.isEmpty()
            || inputs.size() > MAX_INPUTS
            || inputs.stream()
                .anyMatch(item -> item.isString() ? item.asString().isEmpty() : !item.isArray());
    if (invalid) {
      throw new InvalidRequestException(
          OpenAiError.invalid(
              "'$.input' is invalid. Please check the API reference:"
                  + " https://platform.openai.com/docs/api-reference.",
              "input",
              null));
    }
    return inputs;
  }

  private static int dimensions(Model model, JsonNode body) throws InvalidRequestException {
    JsonNode dimensions = body.path("dimensions");
    if (dimensions.isMissingNode() || dimensions.isNull()) {
      return model.dimensions();
    }
    if (!dimensions.isInt() || dimensions.asInt() < 1 || dimensions.asInt() > model.dimensions()) {
      throw new InvalidRequestException(
          OpenAiError.invalid(
              "Invalid value for 'dimensions' = %s. Must be an integer from 1 to %d."
                  .formatted(dimensions, model.dimensions()),
              "dimensions",
              "invalid_value"));
    }
    return dimensions.asInt();
  }

  private static boolean base64(JsonNode body) throws InvalidRequestException {
    String format = body.path("encoding_format").asString("float");
    if (!format.equals("float") && !format.equals("base64")) {
      throw new InvalidRequestException(
          OpenAiError.invalid(
              "Invalid value: '%s'. Supported values are: 'float' and 'base64'.".formatted(format),
              "encoding_format",
              "invalid_value"));
    }
    return format.equals("base64");
  }
}
