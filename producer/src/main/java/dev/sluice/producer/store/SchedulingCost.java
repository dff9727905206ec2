package dev.sluice.producer.store;

import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Payload;

/**
 * The estimated tokens of a request for fair queueing: four bytes count as one token.
 *
 * @param prompt estimated tokens of the prompt
 * @param reply tokens of the longest reply that the request allows
 */
public record SchedulingCost(long prompt, long reply) {
  private static final int BYTES_PER_TOKEN = 4;
  private static final long DEFAULT_REPLY_TOKENS = 256;
  private static final long MAX_REPLY_TOKENS = 1_000_000;
  private static final int MAX_CHOICES = 128;

  /** Estimates the cost of a request. */
  public static SchedulingCost of(RequestSummary summary, Payload payload) {
    long reply = Math.min(summary.maxOutputTokens().orElse(DEFAULT_REPLY_TOKENS), MAX_REPLY_TOKENS);
    return new SchedulingCost(
        1 + (long) payload.size() / BYTES_PER_TOKEN,
        reply * Math.min(summary.choices(), MAX_CHOICES));
  }

  /** The tokens of the prompt and the reply. */
  public long tokens() {
    return prompt + reply;
  }
}
