package dev.sluice.worker.limit.rate;

/**
 * What one call consumes of the provider's limits, in addition to one request.
 *
 * @param input prompt tokens, at least 0
 * @param output reply tokens, at least 0: the maximum before the call, the used ones after it
 */
public record TokenCost(long input, long output) {
  /** A call whose tokens are not counted. */
  public static final TokenCost NONE = new TokenCost(0, 0);

  public TokenCost {
    if (input < 0 || output < 0) {
      throw new IllegalArgumentException(
          "token counts must not be negative: input %d, output %d".formatted(input, output));
    }
  }

  /** Returns prompt and reply tokens together. */
  public long total() {
    return input + output;
  }

  /** Returns what the call consumes of one limit. */
  public long amount(LimitKind kind) {
    return switch (kind) {
      case REQUESTS -> 1;
      case TOKENS -> total();
      case INPUT_TOKENS -> input;
      case OUTPUT_TOKENS -> output;
    };
  }
}
