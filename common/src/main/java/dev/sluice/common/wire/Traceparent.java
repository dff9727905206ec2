package dev.sluice.common.wire;

import java.util.regex.Pattern;

/** The {@code traceparent} header of <a href="https://www.w3.org/TR/trace-context/">W3C</a>. */
public final class Traceparent {
  private static final Pattern FORMAT =
      Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private Traceparent() {}

  /** Whether the text is well-formed, with a non-zero trace id and span id. */
  public static boolean isValid(String text) {
    return FORMAT.matcher(text).matches();
  }
}
