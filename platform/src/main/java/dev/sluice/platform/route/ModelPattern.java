package dev.sluice.platform.route;

/** Matches model names against patterns in the settings, which may end in {@code *}. */
final class ModelPattern {
  private ModelPattern() {}

  /** Ranks a match: the length of the pattern, the maximum for an exact name, -1 for no match. */
  static int specificity(String pattern, String model) {
    if (pattern.equals(model)) {
      return Integer.MAX_VALUE;
    }
    boolean matches =
        pattern.endsWith("*") && model.startsWith(pattern.substring(0, pattern.length() - 1));
    return matches ? pattern.length() : -1;
  }
}
