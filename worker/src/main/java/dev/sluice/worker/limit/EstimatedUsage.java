package dev.sluice.worker.limit;

/**
 * The estimated tokens of a call.
 *
 * @param prompt prompt tokens, at least 0
 * @param reply maximum reply tokens that the request allows, over all choices; at least 0
 */
public record EstimatedUsage(long prompt, long reply) {

  /** A larger number is an error in the request. Twice this fits into a {@code long}. */
  private static final long MAX_TOKENS = 1_000_000_000_000L;

  /** Tokens were not estimated. */
  public static final EstimatedUsage NONE = new EstimatedUsage(0, 0);

  public EstimatedUsage {
    prompt = Math.clamp(prompt, 0, MAX_TOKENS);
    reply = Math.clamp(reply, 0, MAX_TOKENS);
  }

  /** Returns prompt and reply tokens together, at least 1. */
  public long total() {
    return Math.max(1, prompt + reply);
  }
}
