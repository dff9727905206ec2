package dev.sluice.simulator.openai;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A call to /v1/chat/completions.
 *
 * @param text what all messages say
 * @param document the longest text of the user's messages
 * @param mostOutput the most tokens that each reply may have; empty where it says nothing
 * @param choices how many replies it asks for, from 1
 * @param streaming how the reply is to be streamed; null for a whole one
 * @param tool the tool that the reply calls; null for an answer in words
 */
public record ChatRequest(
    Model model,
    String text,
    String document,
    long promptTokens,
    OptionalLong mostOutput,
    int choices,
    @Nullable Streaming streaming,
    @Nullable String tool)
    implements ModelRequest {

  /**
   * How a reply is streamed.
   *
   * @param usage whether the last chunk tells the usage
   */
  public record Streaming(boolean usage) {}

  @Override
  public long chargedTokens(long assumedOutput) {
    return promptTokens + choices * mostOutput.orElse(assumedOutput);
  }

  /** The longest text, for it is what the instruction speaks of. */
  static String document(List<String> texts) {
    String longest = "";
    for (String text : texts) {
      longest = text.length() > longest.length() ? text : longest;
    }
    return longest;
  }
}
