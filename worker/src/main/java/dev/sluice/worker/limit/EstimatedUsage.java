package dev.sluice.worker.limit;

/**
 * How many tokens a call may use.
 *
 * @param prompt those of what is sent, at least 0
 * @param reply those of the longest reply that the request allows, over all its choices; at least 0
 */
public record EstimatedUsage(long prompt, long reply) {

  /** More is a slip in the request; two of it still fit into a {@code long}. */
  private static final long MOST_TOKENS = 1_000_000_000_000L;

  /** Nobody counted. */
  public static final EstimatedUsage NONE = new EstimatedUsage(0, 0);

  public EstimatedUsage {
    prompt = Math.clamp(prompt, 0, MOST_TOKENS);
    reply = Math.clamp(reply, 0, MOST_TOKENS);
  }

  /** Prompt and reply together, at least 1. */
  public long total() {
    return Math.max(1, prompt + reply);
  }
}
