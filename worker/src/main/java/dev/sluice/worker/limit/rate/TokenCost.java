package dev.sluice.worker.limit.rate;

/**
 * What one call takes from the provider's allowance, beside the one request.
 *
 * @param input tokens of the prompt
 * @param output tokens of the reply: the most that it may have, or what it had
 */
public record TokenCost(long input, long output) {
  /** A call whose tokens nobody counts. */
  public static final TokenCost OF_A_REQUEST = new TokenCost(0, 0);

  public TokenCost {
    if (input < 0 || output < 0) {
      throw new IllegalArgumentException("%d + %d tokens are below 0".formatted(input, output));
    }
  }

  public long tokens() {
    return input + output;
  }

  /** What it takes of one dimension. */
  public long of(LimitKind limitKind) {
    return switch (limitKind) {
      case REQUESTS -> 1;
      case TOKENS -> tokens();
      case INPUT_TOKENS -> input;
      case OUTPUT_TOKENS -> output;
    };
  }
}
