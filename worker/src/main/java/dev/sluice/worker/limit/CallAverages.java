package dev.sluice.worker.limit;

import dev.sluice.worker.pace.Cost;

/** What the calls of a route were like. Not thread-safe: its owner holds a lock. */
final class CallAverages {
  private static final double NEWEST = 0.05;
  private static final double LEAST_SCALE = 0.2;
  private static final double MOST_SCALE = 5;

  private long ended;
  private long throttled;
  private double seconds;
  private double inputTokens;
  private double outputTokens;
  private double promptScale = 1;

  void ended(double took, Cost charged) {
    boolean isFirst = ended == throttled;
    double input = (double) charged.input();
    double output = (double) charged.output();
    seconds = isFirst ? took : moved(seconds, took);
    inputTokens = isFirst ? input : moved(inputTokens, input);
    outputTokens = isFirst ? output : moved(outputTokens, output);
    ended++;
  }

  void throttled() {
    ended++;
    throttled++;
  }

  /** The provider counted a prompt: other models cut texts into other tokens than ours. */
  void counted(long estimatedPrompt, long prompt) {
    if (estimatedPrompt > 0 && prompt > 0) {
      double scale = (double) prompt / estimatedPrompt;
      promptScale = Math.clamp(moved(promptScale, scale), LEAST_SCALE, MOST_SCALE);
    }
  }

  /** What the provider will count for a prompt that we count so. */
  long scaled(long estimatedPrompt) {
    return Math.round(estimatedPrompt * promptScale);
  }

  LimiterView.Calls view() {
    return new LimiterView.Calls(ended, throttled, seconds, inputTokens, outputTokens);
  }

  private static double moved(double average, double value) {
    return average + NEWEST * (value - average);
  }
}
