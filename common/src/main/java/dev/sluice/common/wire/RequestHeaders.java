package dev.sluice.common.wire;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The HTTP headers of a caller that its call to the provider has too. */
public final class RequestHeaders {
  /** The version of Anthropic's API. */
  public static final String ANTHROPIC_VERSION = "anthropic-version";

  /** The list of beta features of Anthropic's API. */
  public static final String ANTHROPIC_BETA = "anthropic-beta";

  private static final Pattern VALUE = Pattern.compile("[!-~][ -~]{0,1022}");

  private RequestHeaders() {}

  /** Their names, in lower case. */
  public static Stream<String> names() {
    return Stream.of(ANTHROPIC_VERSION, ANTHROPIC_BETA);
  }

  /** Whether a value is 1-1023 visible ASCII characters and spaces. */
  public static boolean isValid(String value) {
    return VALUE.matcher(value).matches();
  }

  /** Reads the table; other names and invalid values are left out. */
  static Map<String, String> read(@Nullable Object table) {
    if (!(table instanceof Map<?, ?> headers)) {
      return Map.of();
    }
    Map<String, String> read = new TreeMap<>();
    names()
        .forEach(
            name -> {
              String value = String.valueOf(headers.get(name));
              if (headers.get(name) != null && isValid(value)) {
                read.put(name, value);
              }
            });
    return read;
  }
}
