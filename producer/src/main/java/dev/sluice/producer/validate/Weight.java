package dev.sluice.producer.validate;

import dev.sluice.common.json.RequestFacts;
import dev.sluice.common.wire.Body;

/** What the feed weighs: a request's prompt and its longest reply, estimated. */
public final class Weight {
  private static final int BYTES_PER_TOKEN = 4;
  private static final long USUAL_REPLY = 256;
  private static final long LONGEST_REPLY = 1_000_000;
  private static final int MOST_CHOICES = 128;

  private Weight() {}

  /** A weight among batches, not an account: four bytes of a request are about one token. */
  public static long tokens(RequestFacts facts, Body body) {
    long reply = Math.min(facts.maxOutputTokens().orElse(USUAL_REPLY), LONGEST_REPLY);
    return 1 + body.size() / BYTES_PER_TOKEN + reply * Math.min(facts.choices(), MOST_CHOICES);
  }
}
