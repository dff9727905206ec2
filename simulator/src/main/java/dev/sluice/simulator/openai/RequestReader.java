package dev.sluice.simulator.openai;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Parses requests as strictly as OpenAI, with OpenAI's error messages. */
public final class RequestReader {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private RequestReader() {}

  /** Parses a body of /v1/chat/completions. */
  public static ParseResult chat(byte[] body) {
    return read(body, ChatReader::read);
  }

  /** Parses a body of /v1/responses. */
  public static ParseResult responses(byte[] body) {
    return read(body, ResponsesReader::read);
  }

  /** Parses a body of /v1/embeddings. */
  public static ParseResult embedding(byte[] body) {
    return read(body, EmbeddingReader::read);
  }

  /** Parses the requests of one endpoint. */
  private interface EndpointReader {
    ModelRequest read(Model model, JsonNode body) throws InvalidRequestException;
  }

  private static ParseResult read(byte[] body, EndpointReader endpointReader) {
    JsonNode json = object(body).orElse(null);
    if (json == null) {
      return new ParseResult.Invalid(OpenAiError.notJson(), "");
    }
    String name = json.path("model").asString("");
    try {
      return new ParseResult.Valid(endpointReader.read(model(name), json));
    } catch (InvalidRequestException invalid) {
      return new ParseResult.Invalid(invalid.error(), name);
    }
  }

  private static Model model(String name) throws InvalidRequestException {
    if (name.isEmpty()) {
      throw new InvalidRequestException(
          OpenAiError.invalid("you must provide a model parameter", null, null));
    }
    return Model.named(name)
        .orElseThrow(() -> new InvalidRequestException(OpenAiError.modelNotFound(name)));
  }

  private static Optional<JsonNode> object(byte[] body) {
    try {
      return Optional.of(JSON.readTree(body)).filter(JsonNode::isObject);
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }
}
