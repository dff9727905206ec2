package dev.sluice.producer.validate;

import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Payload;

/**
 * What the feed weighs among batches, no account: four bytes of a request are about one token.
 *
 * @param prompt tokens of the prompt, estimated
 * @param reply tokens of the longest reply that the request allows
 */
public record SchedulingCost(long prompt, long reply) {
  private static final int BYTES_PER_TOKEN = 4;
  private static final long USUAL_REPLY = 256;
  private static final long LONGEST_REPLY = 1_000_000;
  private static final int MOST_CHOICES = 128;

  /** The weight of a request. */
  public static SchedulingCost of(RequestSummary facts, Payload payload) {
    long reply = Math.min(facts.maxOutputTokens().orElse(USUAL_REPLY), LONGEST_REPLY);
    return new SchedulingCost(
        1 + (long) payload.size() / BYTES_PER_TOKEN,
        reply * Math.min(facts.choices(), MOST_CHOICES));
  }

  /** Both together. */
  public long tokens() {
    return prompt + reply;
  }
}
