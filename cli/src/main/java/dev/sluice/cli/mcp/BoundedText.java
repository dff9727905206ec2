package dev.sluice.cli.mcp;

/** Truncates texts. */
final class BoundedText {
  private BoundedText() {}

  /** The text, or its beginning with an ellipsis. Does not separate a surrogate pair. */
  static String of(String text, int maxLength) {
    return text.length() <= maxLength ? text : start(text, maxLength) + "…";
  }

  /** At most this many characters from the start. */
  static String start(String text, int length) {
    int end = Math.min(length, text.length());
    boolean splitsPair =
        end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1));
    return text.substring(0, splitsPair ? end - 1 : end);
  }
}
