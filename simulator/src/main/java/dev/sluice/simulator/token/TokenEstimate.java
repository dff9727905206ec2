package dev.sluice.simulator.token;

/**
 * Estimates tokens with OpenAI's rule of thumb: one token per four ASCII characters, or per two
 * other characters.
 */
public final class TokenEstimate {
  private TokenEstimate() {}

  public static long of(String text) {
    long quarters = 0;
    for (int i = 0; i < text.length(); i++) {
      quarters += quarters(text.charAt(i));
    }
    return Math.ceilDiv(quarters, 4);
  }

  /** The length of the longest prefix with at most this number of tokens. */
  public static int prefixLength(String text, long maxTokens) {
    long remaining = 4 * Math.min(maxTokens, text.length());
    for (int i = 0; i < text.length(); i++) {
      remaining -= quarters(text.charAt(i));
      if (remaining < 0) {
        return i;
      }
    }
    return text.length();
  }

  private static int quarters(char character) {
    return character < 128 ? 1 : 2;
  }
}
