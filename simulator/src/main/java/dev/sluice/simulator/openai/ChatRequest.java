package dev.sluice.simulator.openai;

import java.util.List;
import java.util.OptionalLong;

/**
 * A call to /v1/chat/completions.
 *
 * @param text what all messages say
 * @param document the longest text of the user's messages
 * @param mostOutput the most tokens that each reply may have; empty where it says nothing
 * @param choices how many replies it asks for, from 1
 */
public record ChatRequest(
    Model model,
    String text,
    String document,
    long promptTokens,
    OptionalLong mostOutput,
    int choices)
    implements ModelRequest {

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
