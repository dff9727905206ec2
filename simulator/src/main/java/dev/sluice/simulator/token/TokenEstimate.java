package dev.sluice.simulator.token;

/**
 * Estimates tokens with OpenAI's rule of thumb: one token per four ASCII characters, or per two
 * other characters.
 */
public final class TokenEstimate {
  private TokenEstimate() {}

  public static long of(String text) {
    long ascii = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < 128) {
        ascii++;
      }
    }
    return Math.ceilDiv(ascii + 2 * (text.length() - ascii), 4);
  }
}
