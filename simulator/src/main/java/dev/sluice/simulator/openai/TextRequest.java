package dev.sluice.simulator.openai;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A request that is answered in words, or with a call of a tool. */
public sealed interface TextRequest extends ModelRequest permits ChatRequest, ResponsesRequest {
  /** The longest text of the user's messages. */
  String document();

  /** The most tokens that each reply may have; empty where it says nothing. */
  OptionalLong mostOutput();

  /** The tool that the reply calls; null for an answer in words. */
  @Nullable String tool();
}
