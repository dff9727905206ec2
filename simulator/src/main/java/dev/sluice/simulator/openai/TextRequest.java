package dev.sluice.simulator.openai;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A request whose reply is text or a tool call. */
public sealed interface TextRequest extends ModelRequest permits ChatRequest, ResponsesRequest {
  /** The prompt. */
  Prompt prompt();

  /** Maximum completion tokens per reply; empty if not set. */
  OptionalLong maxOutput();

  /** The tool that the reply calls; null for a text reply. */
  @Nullable String tool();

  /** The JSON schema of the reply; null for a reply in prose. */
  @Nullable JsonNode schema();

  /** The longest user message. */
  default String document() {
    return prompt().document();
  }

  @Override
  default String text() {
    return prompt().text();
  }

  @Override
  default long promptTokens() {
    return prompt().tokens();
  }
}
