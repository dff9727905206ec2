package dev.sluice.common.wire;

/**
 * An answer that does not fit the schema of its task, and the sums of the asks of this run.
 *
 * @param asks number of asks so far; each answer did not fit
 * @param promptTokens prompt tokens of all asks so far
 * @param completionTokens completion tokens of all asks so far
 * @param text text of the last answer, truncated to {@link #MAX_TEXT_BYTES}
 * @param errors why it does not fit, truncated to {@link #MAX_ERRORS_LENGTH}
 */
public record InvalidAnswer(
    int asks, long promptTokens, long completionTokens, String text, String errors) {

  /** Maximum length of the text, in UTF-8 bytes: all headers must fit into one AMQP frame. */
  public static final int MAX_TEXT_BYTES = 16 * 1024;

  /** Maximum length of the errors, in characters. */
  public static final int MAX_ERRORS_LENGTH = 2_000;

  /** No ask so far. */
  public static final InvalidAnswer NONE = new InvalidAnswer(0, 0, 0, "", "");

  public InvalidAnswer {
    if (asks < 0 || promptTokens < 0 || completionTokens < 0) {
      throw new IllegalArgumentException(
          "asks %d, prompt tokens %d and completion tokens %d must not be below 0"
              .formatted(asks, promptTokens, completionTokens));
    }
    text = Utf8.truncate(text, MAX_TEXT_BYTES);
    errors = errors.length() <= MAX_ERRORS_LENGTH ? errors : errors.substring(0, MAX_ERRORS_LENGTH);
  }

  /** The next answer that does not fit. */
  public InvalidAnswer next(
      long morePromptTokens, long moreCompletionTokens, String nextText, String nextErrors) {
    return new InvalidAnswer(
        asks + 1,
        promptTokens + morePromptTokens,
        completionTokens + moreCompletionTokens,
        nextText,
        nextErrors);
  }
}
