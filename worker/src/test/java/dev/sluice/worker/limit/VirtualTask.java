package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.TokenCost;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One call of a virtual run.
 *
 * @param promptCharacters length of the prompt
 * @param promptTokens tokens of the prompt, as the provider counts them
 * @param maxReply maximum tokens of the reply
 * @param reply tokens of the reply
 * @param latency time from the admission to the reply in nanoseconds
 */
record VirtualTask(
    long promptCharacters, long promptTokens, long maxReply, long reply, long latency) {
  private static final double MEDIAN_CHARACTERS = 1_200;
  private static final int LONG_TEXT_FACTOR = 8;

  /** The expected values of a random task. */
  static final VirtualTask MEAN = new VirtualTask(2_250, 567, 288, 173, 0);

  /** Most texts are short; one in eight is eight times as long. */
  static List<VirtualTask> random(int count, double medianSeconds, double sigma, Random random) {
    return IntStream.range(0, count).mapToObj(i -> random(medianSeconds, sigma, random)).toList();
  }

  /** Prompts of 100 to 300 tokens, and replies of at most 100. */
  static List<VirtualTask> uniform(int count, double medianSeconds, double sigma, Random random) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              long prompt = 100L + random.nextInt(201);
              long reply = 20L + random.nextInt(81);
              double seconds = medianSeconds * StrictMath.exp(sigma * random.nextGaussian());
              return new VirtualTask(4 * prompt, prompt, 100, reply, (long) (seconds * 1e9));
            })
        .toList();
  }

  private static VirtualTask random(double medianSeconds, double sigma, Random random) {
    double length = random.nextInt(8) == 0 ? LONG_TEXT_FACTOR : 1;
    double characters = MEDIAN_CHARACTERS * length * (0.6 + 0.8 * random.nextDouble());
    double charactersPerToken = 3.4 + 1.2 * random.nextDouble();
    long maxReply = 64L + random.nextInt(449);
    double used = 0.2 + 0.8 * random.nextDouble();
    double seconds = medianSeconds * StrictMath.exp(sigma * random.nextGaussian());
    return new VirtualTask(
        (long) characters,
        (long) (characters / charactersPerToken),
        maxReply,
        (long) (maxReply * used),
        (long) (seconds * 1e9));
  }

  /** Returns the usage that the provider reports. */
  TokenCost used() {
    return new TokenCost(promptTokens, reply);
  }
}
