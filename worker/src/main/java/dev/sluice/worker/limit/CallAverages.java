package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.TokenCost;

/**
 * Statistics of a route's calls: counters, and exponentially weighted moving averages (EWMA).
 *
 * <pre>
 *   average = average + 0.05 * (value - average)
 * </pre>
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
  private double seconds;
  private double inputTokens;
  private double outputTokens;
  private double promptScale = 1;
  private long usages;
  private double usedOutput;

  void onSuccess(double duration, TokenCost reserved) {
    boolean isFirst = ended == throttled;
    double input = (double) reserved.input();
    double output = (double) reserved.output();
    seconds = isFirst ? duration : average(seconds, duration);
    inputTokens = isFirst ? input : average(inputTokens, input);
    outputTokens = isFirst ? output : average(outputTokens, output);
    ended++;
  }

  void onThrottled() {
    ended++;
    throttled++;
  }

  /** Updates the scale between our token counts and the provider's: tokenizers differ. */
  void onUsage(long estimatedPrompt, TokenCost used) {
    usages++;
    usedOutput = usages == 1 ? used.output() : average(usedOutput, (double) used.output());
    if (estimatedPrompt > 0 && used.input() > 0) {
      double scale =
          Math.clamp((double) used.input() / estimatedPrompt, MIN_PROMPT_SCALE, MAX_PROMPT_SCALE);
      promptScale = average(promptScale, scale);
    }
  }

  /**
   * Returns the reply tokens to reserve at a provider that charges the tokens of the reply, not the
   * allowed maximum: twice the average reply, after five replies.
   */
  long expectedReply(long maxReply) {
    return usages < MIN_USAGES
        ? maxReply
        : Math.min(maxReply, MIN_EXPECTED_REPLY + Math.round(2 * usedOutput));
  }

  /** Converts our count of prompt tokens to the provider's. */
  long scaledPrompt(long estimatedPrompt) {
    return Math.round(estimatedPrompt * promptScale);
  }

  LimiterStatus.Calls status() {
    return new LimiterStatus.Calls(ended, throttled, seconds, inputTokens, outputTokens);
  }

  private static double average(double average, double value) {
    return average + SMOOTHING * (value - average);
  }
}
