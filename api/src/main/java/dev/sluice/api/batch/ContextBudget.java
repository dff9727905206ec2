package dev.sluice.api.batch;

/**
 * How much of a document fits into one request.
 *
 * @param contextTokens context length of the model, prompt and reply together
 * @param replyTokens maximum length of the reply; 0 if the request has none
 * @param instructionTokens tokens of the request without the document
 */
public record ContextBudget(long contextTokens, long replyTokens, long instructionTokens) {
  /** The context length of a model if no setting has it. */
  public static final long DEFAULT_CONTEXT_TOKENS = 100_000;

  /** The token counts are estimates, so a tenth of the context length stays free. */
  private static final double USED_FRACTION = 0.9;

  private static final long DEFAULT_REPLY_TOKENS = 4_096;

  /** The part of the context length that is kept free for a reply without a maximum length. */
  private static final int REPLY_DIVISOR = 4;

  /** The tokens of the longest document that fits; negative if there is no room at all. */
  public long documentTokens() {
    long reply =
        replyTokens > 0
            ? replyTokens
            : Math.min(DEFAULT_REPLY_TOKENS, contextTokens / REPLY_DIVISOR);
    return (long) (USED_FRACTION * contextTokens) - reply - instructionTokens;
  }
}
