package dev.sluice.simulator.openai;

import dev.sluice.simulator.token.TokenEstimate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a request says to a model.
 *
 * @param text all of it
 * @param document the longest text of the user's, for it is what the instruction speaks of
 */
record Prompt(String text, String document, long tokens) {
  /** What the frame of a message and of the whole prompt costs. */
  private static final int TOKENS_PER_MESSAGE = 4;

  private static final int TOKENS_PER_PROMPT = 3;

  /** Gathers it message by message. */
  static final class Builder {
    private final List<String> texts = new ArrayList<>();
    private String document = "";
    private long tokens = TOKENS_PER_PROMPT;

    void add(String text, boolean isUsers) {
      texts.add(text);
      tokens += TOKENS_PER_MESSAGE + TokenEstimate.of(text);
      document = isUsers && text.length() > document.length() ? text : document;
    }

    Prompt build() {
      return new Prompt(String.join("\n", texts), document, tokens);
    }
  }

  void checkWindow(Model model, OptionalLong mostOutput, String param)
      throws InvalidRequestException {
    long all = tokens + mostOutput.orElse(0);
    if (all > model.window()) {
      throw new InvalidRequestException(OpenAiError.contextLength(param, model.window(), all));
    }
  }
}
