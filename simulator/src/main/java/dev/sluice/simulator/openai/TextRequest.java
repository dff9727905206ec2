package dev.sluice.simulator.openai;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A request that is answered in words, or with a call of a tool. */
public sealed interface TextRequest extends ModelRequest permits ChatRequest, ResponsesRequest {
  /** What is asked. */
  Prompt prompt();

  /** The most tokens that each reply may have; empty where it says nothing. */
  OptionalLong mostOutput();

  /** The tool that the reply calls; null for an answer in words. */
  @Nullable String tool();

  /** The longest text of the user's messages. */
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
