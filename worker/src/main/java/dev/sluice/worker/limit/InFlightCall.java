package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.SentCall;
import dev.sluice.worker.limit.rate.TokenCost;

/**
 * A call with a permit.
 *
 * @param origin its task and source
 * @param estimate its estimated tokens, by our tokenizer
 * @param sent what the buckets were charged, in the provider's tokens
 */
record InFlightCall(CallOrigin origin, EstimatedUsage estimate, SentCall sent) {

  TokenCost reserved() {
    return sent.reserved();
  }

  /** Returns when it was sent, in nanoseconds of the limiter's clock. */
  long startedAt() {
    return sent.at();
  }
}
