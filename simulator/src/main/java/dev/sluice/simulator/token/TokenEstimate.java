package dev.sluice.simulator.token;

/**
 * Counts tokens as OpenAI's rule of thumb does: four letters of English each, two of anything else.
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
