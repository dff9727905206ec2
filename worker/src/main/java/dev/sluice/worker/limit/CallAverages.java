package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.MovingAverage;
import dev.sluice.worker.limit.rate.TokenCost;

/**
 * Statistics of a route's calls: counters and moving averages.
 *
 * <p>Not thread-safe; guarded by the limiter's lock.
 */
final class CallAverages {
  private static final double SMOOTHING = 0.05;
  private static final double MIN_PROMPT_SCALE = 0.2;
  private static final double MAX_PROMPT_SCALE = 5;
  private static final int MIN_USAGES = 5;
  private static final long MIN_EXPECTED_REPLY = 100;

  private long ended;
  private long throttled;
  private long usages;
  private final MovingAverage seconds = new MovingAverage(SMOOTHING);
  private final MovingAverage inputTokens = new MovingAverage(SMOOTHING);
  private final MovingAverage outputTokens = new MovingAverage(SMOOTHING);
  private final MovingAverage usedOutput = new MovingAverage(SMOOTHING);

  /** The provider's prompt tokens ÷ our estimate. */
  private final MovingAverage promptScale = new MovingAverage(SMOOTHING);

  CallAverages() {
    promptScale.add(1);
  }

  void onSuccess(double duration, TokenCost reserved) {
    seconds.add(duration);
    inputTokens.add((double) reserved.input());
    outputTokens.add((double) reserved.output());
    ended++;
  }

  void onThrottled() {
    ended++;
    throttled++;
  }

  /** Updates the scale between our token counts and the provider's: tokenizers differ. */
  void onUsage(long estimatedPrompt, TokenCost used) {
    usages++;
    usedOutput.add((double) used.output());
    if (estimatedPrompt > 0 && used.input() > 0) {
      double scale =
          Math.clamp((double) used.input() / estimatedPrompt, MIN_PROMPT_SCALE, MAX_PROMPT_SCALE);
      promptScale.add(scale);
    }
  }

  /**
   * Returns the reply tokens to reserve at a provider that charges the tokens of the reply, not the
   * allowed maximum: twice the average reply, after five replies.
   */
  long expectedReply(long maxReply) {
    return usages < MIN_USAGES
        ? maxReply
        : Math.min(maxReply, MIN_EXPECTED_REPLY + Math.round(2 * usedOutput.orElse(0)));
  }

  /** Converts our count of prompt tokens to the provider's. */
  long scaledPrompt(long estimatedPrompt) {
    return Math.round(estimatedPrompt * promptScale.orElse(1));
  }

  LimiterStatus.Calls status() {
    return new LimiterStatus.Calls(
        ended, throttled, seconds.orElse(0), inputTokens.orElse(0), outputTokens.orElse(0));
  }
}
