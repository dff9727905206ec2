package dev.sluice.api.batch;

/**
 * Estimates the tokens of a text without a tokenizer, so that command and producer divide long
 * texts in the same way. A space or a character from A to Z counts as a quarter of a token, any
 * other character below the ideographs as a half, and an ideograph or emoji as a whole token.
 */
public final class TextTokens {
  private static final int QUARTERS = 4;

  /** The first block of East Asian characters in Unicode. */
  private static final char FIRST_IDEOGRAPH = '\u2E80';

  private TextTokens() {}

  /** The estimated number of tokens; 0 for an empty text. */
  public static long of(CharSequence text) {
    return (quarters(text) + QUARTERS - 1) / QUARTERS;
  }

  /** Quarters of a token for a text. */
  public static long quarters(CharSequence text) {
    long quarters = 0;
    for (int i = 0; i < text.length(); i++) {
      quarters += quarters(text.charAt(i));
    }
    return quarters;
  }

  /** Quarters of a token for one character. */
  public static int quarters(char character) {
    if (character >= FIRST_IDEOGRAPH) {
      return QUARTERS;
    }
    boolean isLetter = (character | ' ') >= 'a' && (character | ' ') <= 'z';
    return isLetter || character == ' ' ? 1 : 2;
  }
}
