package dev.sluice.common.wire;

/**
 * An answer that does not fit the schema of its task, and the usage of the answers of this run.
 *
 * @param answers number of answers so far, none of which fits
 * @param usage tokens of the calls for these answers
 * @param text text of the last answer, truncated to {@link #MAX_TEXT_BYTES}
 * @param errors why it does not fit, truncated to {@link #MAX_ERRORS_LENGTH}
 */
public record InvalidAnswer(int answers, TokenUsage usage, String text, String errors) {

  /** Maximum length of the text, in UTF-8 bytes: all headers must fit into one AMQP frame. */
  public static final int MAX_TEXT_BYTES = 16 * 1024;

  /** Maximum length of the errors, in characters. */
  public static final int MAX_ERRORS_LENGTH = 2_000;

  /** No answer so far. */
  public static final InvalidAnswer NONE = new InvalidAnswer(0, TokenUsage.NONE, "", "");

  public InvalidAnswer {
    if (answers < 0 || usage.promptTokens() < 0 || usage.completionTokens() < 0) {
      throw new IllegalArgumentException(
          "answers %d, prompt tokens %d and completion tokens %d must not be below 0"
              .formatted(answers, usage.promptTokens(), usage.completionTokens()));
    }
    text = Utf8.truncate(text, MAX_TEXT_BYTES);
    errors = errors.length() <= MAX_ERRORS_LENGTH ? errors : errors.substring(0, MAX_ERRORS_LENGTH);
  }

  /** Answers without a prompt cache. */
  public InvalidAnswer(
      int answers, long promptTokens, long completionTokens, String text, String errors) {
    this(answers, new TokenUsage(promptTokens, completionTokens), text, errors);
  }

  /** The next answer that does not fit. */
  public InvalidAnswer next(TokenUsage more, String nextText, String nextErrors) {
    return new InvalidAnswer(answers + 1, more.plus(usage), nextText, nextErrors);
  }
}
