package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.TokenCost;

/** What the calls of a route were like. Not thread-safe: its owner holds a lock. */
final class CallAverages {
  private static final double NEWEST = 0.05;
  private static final double LEAST_SCALE = 0.2;
  private static final double MOST_SCALE = 5;
  private static final int ENOUGH = 5;
  private static final long LEAST_EXPECTED = 100;

  private long ended;
  private long throttled;
  private double seconds;
  private double inputTokens;
  private double outputTokens;
  private double promptScale = 1;
  private long counted;
  private double usedOutput;

  void ended(double took, TokenCost charged) {
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

  /** The provider counted a call: other models cut texts into other tokens than ours. */
  void counted(long estimatedPrompt, TokenCost used) {
    counted++;
    usedOutput = counted == 1 ? used.output() : moved(usedOutput, (double) used.output());
    if (estimatedPrompt > 0 && used.input() > 0) {
      double scale = (double) used.input() / estimatedPrompt;
      promptScale = Math.clamp(moved(promptScale, scale), LEAST_SCALE, MOST_SCALE);
    }
  }

  /**
   * What a reply is expected to need, where the provider counts what it wrote and not what it was
   * allowed to: twice the usual.
   */
  long expected(long longestReply) {
    return counted < ENOUGH
        ? longestReply
        : Math.min(longestReply, LEAST_EXPECTED + Math.round(2 * usedOutput));
  }

  /** What the provider will count for a prompt that we count so. */
  long scaled(long estimatedPrompt) {
    return Math.round(estimatedPrompt * promptScale);
  }

  LimiterStatus.Calls view() {
    return new LimiterStatus.Calls(ended, throttled, seconds, inputTokens, outputTokens);
  }

  private static double moved(double average, double value) {
    return average + NEWEST * (value - average);
  }
}
