package dev.sluice.producer.batch.split;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names the pages of a part by the markers {@code [p. 12]} and {@code [slide 12]} of the text. */
final class PageRange {
  private static final Pattern MARKER = Pattern.compile("\\[(p\\.|slide) (\\d{1,7})]");

  private final String text;

  /** By their positions; found once, because a document may have thousands of parts. */
  private final NavigableMap<Integer, Page> pages = new TreeMap<>();

  private record Page(String unit, String number) {}

  PageRange(String text) {
    this.text = text;
    Matcher matcher = MARKER.matcher(text);
    while (matcher.find()) {
      pages.put(matcher.start(), new Page(matcher.group(1), matcher.group(2)));
    }
  }

  /** For example {@code p. 41-60}; empty before the first marker, and for a text without any. */
  String of(TextSplitter.Part part) {
    NavigableMap<Integer, Page> inside = pages.subMap(part.start(), true, part.end(), false);
    Map.Entry<Integer, Page> before = pages.lowerEntry(part.start());
    List<Page> named = List.copyOf(inside.values());
    if (before == null) {
      return named.isEmpty() ? "" : range(named.getFirst(), named.getLast());
    }
    if (named.isEmpty()) {
      return range(before.getValue(), before.getValue());
    }
    boolean startsWithPage = text.substring(part.start(), inside.firstKey()).isBlank();
    return range(startsWithPage ? named.getFirst() : before.getValue(), named.getLast());
  }

  private static String range(Page first, Page last) {
    return "%s %s"
        .formatted(
            last.unit(),
            first.number().equals(last.number())
                ? first.number()
                : first.number() + "-" + last.number());
  }
}
