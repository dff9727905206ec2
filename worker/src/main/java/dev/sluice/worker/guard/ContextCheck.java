package dev.sluice.worker.guard;

import dev.sluice.common.wire.Payload;
import dev.sluice.worker.limit.EstimatedUsage;
import org.jspecify.annotations.Nullable;

/** The result of the context guard for one request. */
public sealed interface ContextCheck {

  /** The request may be sent. */
  sealed interface Accepted extends ContextCheck {

    /** The request to send. */
    Payload request();

    /** The estimated tokens; null if the route has no context limit. */
    @Nullable EstimatedUsage estimate();
  }

  /** The request fits unchanged. */
  record Fits(Payload request, @Nullable EstimatedUsage estimate) implements Accepted {}

  /**
   * The request fits without its oldest turns.
   *
   * @param request the request without the removed turns; all other bytes are unchanged
   * @param estimate the estimated tokens of the trimmed request
   * @param turns the number of removed turns, at least 1
   */
  record Trimmed(Payload request, EstimatedUsage estimate, int turns) implements Accepted {}

  /**
   * The request does not fit, so no call is made.
   *
   * @param tokens the estimated tokens of the prompt and one reply
   * @param maxTokens the route's {@code context.max-tokens}
   */
  record TooLong(long tokens, long maxTokens) implements ContextCheck {

    /** The failure detail of the dead letter. */
    public String detail() {
      return "Prompt and reply need about %d tokens; context.max-tokens is %d. No call was made."
          .formatted(tokens, maxTokens);
    }
  }
}
