package dev.sluice.common.wire;

/**
 * An answer that does not fit the schema of its task, and the sums of the asks of this run.
 *
 * @param asks number of asks so far; each answer did not fit
 * @param usage tokens of all asks so far
 * @param text text of the last answer, truncated to {@link #MAX_TEXT_BYTES}
 * @param errors why it does not fit, truncated to {@link #MAX_ERRORS_LENGTH}
 */
public record InvalidAnswer(int asks, TokenUsage usage, String text, String errors) {

  /** Maximum length of the text, in UTF-8 bytes: all headers must fit into one AMQP frame. */
  public static final int MAX_TEXT_BYTES = 16 * 1024;

  /** Maximum length of the errors, in characters. */
  public static final int MAX_ERRORS_LENGTH = 2_000;

  /** No ask so far. */
  public static final InvalidAnswer NONE = new InvalidAnswer(0, TokenUsage.NONE, "", "");

  public InvalidAnswer {
    if (asks < 0 || usage.promptTokens() < 0 || usage.completionTokens() < 0) {
      throw new IllegalArgumentException(
          "asks %d, prompt tokens %d and completion tokens %d must not be below 0"
              .formatted(asks, usage.promptTokens(), usage.completionTokens()));
    }
    text = Utf8.truncate(text, MAX_TEXT_BYTES);
    errors = errors.length() <= MAX_ERRORS_LENGTH ? errors : errors.substring(0, MAX_ERRORS_LENGTH);
  }

  /** Asks without a prompt cache. */
  public InvalidAnswer(
      int asks, long promptTokens, long completionTokens, String text, String errors) {
    this(asks, new TokenUsage(promptTokens, completionTokens), text, errors);
  }

  /** The next answer that does not fit. */
  public InvalidAnswer next(TokenUsage more, String nextText, String nextErrors) {
    return new InvalidAnswer(asks + 1, more.plus(usage), nextText, nextErrors);
  }
}
