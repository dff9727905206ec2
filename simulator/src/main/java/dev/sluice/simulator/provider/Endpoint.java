package dev.sluice.simulator.provider;

import dev.sluice.simulator.openai.ParseResult;
import dev.sluice.simulator.openai.RequestReader;
import java.util.Arrays;
import java.util.Optional;

/** The endpoints that call a model. */
public enum Endpoint {
  CHAT("/v1/chat/completions"),
  RESPONSES("/v1/responses"),
  EMBEDDINGS("/v1/embeddings");

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

  ParseResult read(byte[] body) {
    return switch (this) {
      case CHAT -> RequestReader.chat(body);
      case RESPONSES -> RequestReader.responses(body);
      case EMBEDDINGS -> RequestReader.embedding(body);
    };
  }
}
