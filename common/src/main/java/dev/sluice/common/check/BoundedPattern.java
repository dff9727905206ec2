package dev.sluice.common.check;

import com.networknt.schema.regex.RegularExpression;
import java.util.regex.Pattern;

/**
 * A regular expression of a schema. Java's patterns backtrack, for some texts in exponential time,
 * so the text that they read polls the {@link CheckDeadline}.
 */
final class BoundedPattern implements RegularExpression {
  private final Pattern pattern;

  /**
   * @throws java.util.regex.PatternSyntaxException if Java cannot compile the expression
   */
  BoundedPattern(String expression) {
    this.pattern = Pattern.compile(expression);
  }

  @Override
  public boolean matches(String value) {
    return pattern.matcher(new PolledText(value)).find();
  }

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
