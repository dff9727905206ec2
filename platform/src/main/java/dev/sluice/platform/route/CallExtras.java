package dev.sluice.platform.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Validates the headers and the query that a route adds to each call. */
final class CallExtras {
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
  private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]([ -~]{0,4000}[!-~])?");

  /** Headers that Sluice or its HTTP client sets. */
  private static final Set<String> RESERVED =
      Set.of(
          "accept",
          "accept-encoding",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "expect",
          "host",
          "traceparent",
          "transfer-encoding",
          "upgrade");

  private static final Set<String> KEYS = Set.of("authorization", "x-api-key", "api-key");

  private CallExtras() {}

  static List<String> problems(String property, Provider provider) {
    List<String> problems = new ArrayList<>();
    provider
        .headers()
        .forEach((name, value) -> header(property + ".headers." + name, name, value, problems));
    for (Map.Entry<String, String> parameter : provider.query().entrySet()) {
      if (parameter.getKey().isBlank() || !isVisible(parameter.getValue())) {
        problems.add(
            "%s.query.%s must have a name and a value of visible ASCII characters"
                .formatted(property, parameter.getKey()));
      }
    }
    return problems;
  }

  private static void header(String at, String name, String value, List<String> problems) {
    String lowerCase = name.toLowerCase(Locale.ROOT);
    if (KEYS.contains(lowerCase)) {
      problems.add(at + " contains the key: set it as api-key or api-key-file, and auth");
    } else if (RESERVED.contains(lowerCase) || !HEADER_NAME.matcher(name).matches()) {
      problems.add(at + " is not a header that can be added: remove it");
    } else if (!isVisible(value)) {
      problems.add(at + " must have a value of 1-4002 visible ASCII characters");
    }
  }

  private static boolean isVisible(String value) {
    return HEADER_VALUE.matcher(value).matches();
  }
}
