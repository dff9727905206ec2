package dev.sluice.common.wire;

import org.jspecify.annotations.Nullable;

/**
 * The check of a task's answers against a JSON schema.
 *
 * @param schema the schema as JSON; empty for no check
 * @param reAsk maximum number of times that the model is asked again
 * @param last the last answer that did not fit, and the usage of the answers so far
 */
public record AnswerCheck(String schema, int reAsk, InvalidAnswer last) {
  /** The default of {@code re_ask}. */
  public static final int DEFAULT_RE_ASK = 2;

  /** Limits what one task may cost. */
  public static final int MAX_RE_ASK = 10;

  /** Maximum size of a schema, in bytes: it is a header of each task. */
  public static final int MAX_SCHEMA_BYTES = 16 * 1024;

  public static final AnswerCheck NONE = new AnswerCheck("", 0, InvalidAnswer.NONE);

  public AnswerCheck {
    if (reAsk < 0 || reAsk > MAX_RE_ASK) {
      throw new IllegalArgumentException(
          "re_ask is %d; it must be from 0 to %d".formatted(reAsk, MAX_RE_ASK));
    }
  }

  /**
   * The check of a task before its first answer.
   *
   * @param schema null for no check
   */
  public static AnswerCheck of(@Nullable String schema, int reAsk) {
    return schema == null ? NONE : new AnswerCheck(schema, reAsk, InvalidAnswer.NONE);
  }

  /** Whether answers are checked. */
  public boolean isEnabled() {
    return !schema.isEmpty();
  }

  /** Whether the model is asked again if the next answer does not fit either. */
  public boolean allowsReAsk() {
    return last.answers() < reAsk;
  }
}
