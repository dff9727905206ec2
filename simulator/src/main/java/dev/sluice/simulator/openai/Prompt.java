package dev.sluice.simulator.openai;

import dev.sluice.simulator.fault.PromptMarkers;
import dev.sluice.simulator.token.TokenEstimate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The prompt of a request.
 *
 * @param text all messages
 * @param document the longest user message, which is taken as the text to summarise
 * @param tokens tokens of all messages
 * @param cachedTokens those that the provider had in its prompt cache, by a marker
 */
public record Prompt(String text, String document, long tokens, long cachedTokens) {
  /** Overhead per message and per prompt, in tokens. */
  private static final int TOKENS_PER_MESSAGE = 4;

  private static final int TOKENS_PER_PROMPT = 3;

  /** Collects the messages of a prompt. */
  public static final class Builder {
    private final List<String> texts = new ArrayList<>();
    private String document = "";
    private long tokens = TOKENS_PER_PROMPT;

    public void add(String text, boolean fromUser) {
      texts.add(text);
      tokens += TOKENS_PER_MESSAGE + TokenEstimate.of(text);
      document = fromUser && text.length() > document.length() ? text : document;
    }

    public Prompt build() {
      String text = String.join("\n", texts);
      long cached = Math.min(tokens, PromptMarkers.in(text).cachedTokens());
      return new Prompt(text, document, tokens, cached);
    }
  }

  void checkContextLength(Model model, OptionalLong maxOutput, String param)
      throws InvalidRequestException {
    long total = tokens + maxOutput.orElse(0);
    if (total > model.contextLength()) {
      throw new InvalidRequestException(
          OpenAiError.contextLength(param, model.contextLength(), total));
    }
  }
}
