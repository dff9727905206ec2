package dev.sluice.worker.guard;

import dev.sluice.common.wire.Payload;
import dev.sluice.worker.limit.EstimatedUsage;
import org.jspecify.annotations.Nullable;

/** What the guard says to a request. */
public sealed interface ContextCheck {

  /**
   * It goes out as it is.
   *
   * @param estimate its tokens; null where there is no guard, so that nothing was counted
   */
  record Fits(Payload request, @Nullable EstimatedUsage estimate) implements ContextCheck {}

  /**
   * It goes out without its oldest turns.
   *
   * @param request what is left, otherwise byte for byte as it was
   * @param estimate the tokens of what is left
   * @param turns how many were left out, at least 1
   */
  record Trimmed(Payload request, EstimatedUsage estimate, int turns) implements ContextCheck {}

  /**
   * It does not go out.
   *
   * @param tokens those of the prompt and of one reply together
   * @param window how many the model takes
   */
  record TooLong(long tokens, long window) implements ContextCheck {

    /** The sentence for the dead letter. */
    public String detail() {
      return "Prompt and reply take about %d tokens, the model's window is %d: no call was made."
          .formatted(tokens, window);
    }
  }
}
