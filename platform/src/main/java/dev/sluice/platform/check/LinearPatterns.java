package dev.sluice.platform.check;

import com.google.re2j.Pattern;
import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import java.util.regex.MatchResult;
import java.util.regex.PatternSyntaxException;

/**
 * The regular expressions of one schema, in RE2 syntax: they match in time linear in the text.
 *
 * <p>RE2 expands {@code x{1000}} to 1000 copies of {@code x}, also in nested groups, so the size of
 * all patterns together is limited before they are compiled.
 */
final class LinearPatterns implements RegularExpressionFactory {
  /** Maximum size of all patterns of a schema: about 2 MB. */
  static final int MAX_SIZE = 50_000;

  /** A repetition such as {@code {5}} or {@code {1,64}}, after a group or after one character. */
  private static final java.util.regex.Pattern REPETITION =
      java.util.regex.Pattern.compile("(\\)?)\\{(\\d{1,10})(?:,(\\d{0,10}))?\\}");

  private double size;

  /**
   * @throws PatternSyntaxException if RE2 does not support the expression, or if the patterns of
   *     the schema are too large
   */
  @Override
  public RegularExpression getRegularExpression(String expression) {
    size += sizeOf(expression);
    if (size > MAX_SIZE) {
      throw new PatternSyntaxException(
          "its repetitions expand the patterns of the schema to more than %,d characters"
              .formatted(MAX_SIZE),
          expression,
          -1);
    }
    Pattern pattern = compile(expression);
    return text -> pattern.matcher(new PolledText(text)).find();
  }

  private static Pattern compile(String expression) {
    try {
      return Pattern.compile(expression);
    } catch (com.google.re2j.PatternSyntaxException unsupported) { // names only a part of it
      throw new PatternSyntaxException(unsupported.getDescription(), expression, -1);
    }
  }

  /** An upper bound: it treats all repeated groups as nested. */
  private static double sizeOf(String expression) {
    double characters = expression.length();
    double groups = 1;
    for (MatchResult repetition : REPETITION.matcher(expression).results().toList()) {
      String max = repetition.group(3);
      double count =
          Math.max(1, Double.parseDouble(max == null || max.isEmpty() ? repetition.group(2) : max));
      if (repetition.group(1).isEmpty()) {
        characters += count;
      } else {
        groups *= count;
      }
    }
    return characters * groups;
  }

  /** Polls the {@link CheckDeadline} at each character. */
  private record PolledText(CharSequence text) implements CharSequence {

    @Override
    public char charAt(int index) {
      CheckDeadline.poll();
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new PolledText(text.subSequence(start, end));
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
