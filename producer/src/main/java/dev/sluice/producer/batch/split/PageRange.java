package dev.sluice.producer.batch.split;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names the pages of a part by the markers {@code [p. 12]} and {@code [slide 12]} of the text. */
final class PageRange {
  private static final Pattern MARKER = Pattern.compile("\\[(p\\.|slide) (\\d{1,7})]");

  private final String text;

  PageRange(String text) {
    this.text = text;
  }

  /** For example {@code p. 41-60}; empty for a text without markers. */
  String of(TextSplitter.Part part) {
    String unit = "";
    String first = "";
    String last = "";
    Matcher matcher = MARKER.matcher(text).region(part.start(), part.end());
    while (matcher.find()) {
      unit = matcher.group(1);
      last = matcher.group(2);
      if (first.isEmpty()) {
        boolean isAtStart = text.substring(part.start(), matcher.start()).isBlank();
        String before = isAtStart ? "" : pageAt(part.start());
        first = before.isEmpty() ? last : before;
      }
    }
    if (first.isEmpty()) {
      first = pageAt(part.start());
      last = first;
      unit = first.isEmpty() ? "" : unitAt(part.start());
    }
    return first.isEmpty()
        ? ""
        : "%s %s"
            .formatted(unit, first.equals(last) ? first : first + "-" + last)
            .toLowerCase(Locale.ROOT);
  }

  /** The page of a position; empty before the first marker. */
  private String pageAt(int position) {
    return lastMarker(position, 2);
  }

  private String unitAt(int position) {
    return lastMarker(position, 1);
  }

  private String lastMarker(int position, int group) {
    int at = Math.max(text.lastIndexOf("[p. ", position), text.lastIndexOf("[slide ", position));
    while (at >= 0) {
      Matcher matcher = MARKER.matcher(text).region(at, text.length());
      if (matcher.lookingAt()) {
        return matcher.group(group);
      }
      at =
          at == 0
              ? -1
              : Math.max(text.lastIndexOf("[p. ", at - 1), text.lastIndexOf("[slide ", at - 1));
    }
    return "";
  }
}
