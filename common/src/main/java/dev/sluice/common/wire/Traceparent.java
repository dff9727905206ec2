package dev.sluice.common.wire;

import java.util.regex.Pattern;

/** The header of <a href="https://www.w3.org/TR/trace-context/">W3C trace context</a>. */
public final class Traceparent {
  private static final Pattern FORM =
      Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private Traceparent() {}

  /** Whether the text is such a header, naming a trace and a span. */
  public static boolean isOne(String text) {
    return FORM.matcher(text).matches();
  }
}
