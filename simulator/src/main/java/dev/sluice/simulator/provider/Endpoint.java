package dev.sluice.simulator.provider;

import dev.sluice.simulator.anthropic.MessagesReader;
import dev.sluice.simulator.openai.ParseResult;
import dev.sluice.simulator.openai.RequestReader;
import java.util.Arrays;
import java.util.Optional;

/** The endpoints that call a model. */
public enum Endpoint {
  CHAT("/v1/chat/completions"),
  RESPONSES("/v1/responses"),
  EMBEDDINGS("/v1/embeddings"),
  MESSAGES("/v1/messages"),
  COUNT_TOKENS("/v1/messages/count_tokens");

  private final String path;

  Endpoint(String path) {
    this.path = path;
  }

  public String path() {
    return path;
  }

  public static Optional<Endpoint> at(String path) {
    return Arrays.stream(values()).filter(endpoint -> endpoint.path.equals(path)).findFirst();
  }

  /** Whether its requests, replies and errors have Anthropic's format. */
  boolean isAnthropic() {
    return this == MESSAGES || this == COUNT_TOKENS;
  }

  ParseResult read(byte[] body) {
    return switch (this) {
      case CHAT -> RequestReader.chat(body);
      case RESPONSES -> RequestReader.responses(body);
      case EMBEDDINGS -> RequestReader.embedding(body);
      case MESSAGES -> MessagesReader.message(body);
      case COUNT_TOKENS -> MessagesReader.tokenCount(body);
    };
  }
}
