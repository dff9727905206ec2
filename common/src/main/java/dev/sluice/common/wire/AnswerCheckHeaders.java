package dev.sluice.common.wire;

import org.springframework.amqp.core.MessageProperties;

/** Writes and reads the {@link AnswerCheck} of a task as message headers. */
final class AnswerCheckHeaders {
  private AnswerCheckHeaders() {}

  static void write(AnswerCheck check, MessageProperties properties) {
    if (!check.isEnabled()) {
      return;
    }
    properties.setHeader(Headers.CHECK_SCHEMA, check.schema());
    properties.setHeader(Headers.CHECK_RE_ASK, check.reAsk());
    InvalidAnswer last = check.last();
    if (last.answers() > 0) {
      properties.setHeader(Headers.CHECKED_ANSWERS, last.answers());
      properties.setHeader(Headers.CHECKED_PROMPT_TOKENS, last.usage().promptTokens());
      properties.setHeader(Headers.CHECKED_COMPLETION_TOKENS, last.usage().completionTokens());
      if (last.usage().cachedTokens() + last.usage().cacheWriteTokens() > 0) {
        properties.setHeader(Headers.CHECKED_CACHED_TOKENS, last.usage().cachedTokens());
        properties.setHeader(Headers.CHECKED_CACHE_WRITE_TOKENS, last.usage().cacheWriteTokens());
      }
      properties.setHeader(Headers.INVALID_ANSWER, last.text());
      properties.setHeader(Headers.ANSWER_ERRORS, last.errors());
    }
  }

  /**
   * Reads the headers.
   *
   * @param isNextRun whether the message has the headers of the outcome of an earlier run
   * @throws IllegalArgumentException if a header is not a number or out of range; the message names
   *     the header
   */
  static AnswerCheck read(WireProperties in, boolean isNextRun) {
    String schema = in.text(Headers.CHECK_SCHEMA).orElse("");
    if (schema.isEmpty()) {
      return AnswerCheck.NONE;
    }
    int reAsk =
        in.number(Headers.CHECK_RE_ASK).map(Math::toIntExact).orElse(AnswerCheck.DEFAULT_RE_ASK);
    return new AnswerCheck(schema, reAsk, isNextRun ? InvalidAnswer.NONE : lastAnswer(in));
  }

  private static InvalidAnswer lastAnswer(WireProperties in) {
    return new InvalidAnswer(
        in.number(Headers.CHECKED_ANSWERS).map(Math::toIntExact).orElse(0),
        new TokenUsage(
            in.number(Headers.CHECKED_PROMPT_TOKENS).orElse(0L),
            in.number(Headers.CHECKED_COMPLETION_TOKENS).orElse(0L),
            in.number(Headers.CHECKED_CACHED_TOKENS).orElse(0L),
            in.number(Headers.CHECKED_CACHE_WRITE_TOKENS).orElse(0L),
            ""),
        in.text(Headers.INVALID_ANSWER).orElse(""),
        in.text(Headers.ANSWER_ERRORS).orElse(""));
  }
}
