package dev.sluice.common.route;

/** A model's name in the settings, which may end in {@code *}. */
final class ModelPattern {
  private ModelPattern() {}

  /** How closely a pattern fits: -1 not at all, the longest is the closest, an exact name wins. */
  static int fit(String pattern, String model) {
    if (pattern.equals(model)) {
      return Integer.MAX_VALUE;
    }
    boolean fits =
        pattern.endsWith("*") && model.startsWith(pattern.substring(0, pattern.length() - 1));
    return fits ? pattern.length() : -1;
  }
}
