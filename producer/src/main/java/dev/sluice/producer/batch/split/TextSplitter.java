package dev.sluice.producer.batch.split;

import dev.sluice.api.batch.TextTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a text into parts of a maximum number of tokens. A part ends at the last heading or page
 * in its second half, otherwise at the last end of a paragraph, line, sentence or word there,
 * otherwise anywhere between two characters. It begins with the end of the part before: the
 * overlap.
 *
 * <p>Without the overlaps, the parts are the text.
 */
final class TextSplitter {
  /** The places where a part may end, the best first; it ends before the group {@code next}. */
  private static final List<Pattern> ENDS =
      List.of(
          Pattern.compile(
              "\\n(?<next>#{1,6} |\\[(?:p\\.|slide) \\d+]|(?:Chapter|CHAPTER|Section|Part|PART) [\\dIVXLC]+\\b)"),
          Pattern.compile("\\n[ \\t\\r]*\\n(?<next>)"),
          Pattern.compile("\\n(?<next>)"),
          Pattern.compile("(?:[.!?][\"')\\]]?\\s|[。！？；]|[।؟]\\s?)(?<next>)"),
          Pattern.compile("\\s(?<next>)"));

  private final String text;
  private final long maxQuarters;
  private final long overlapQuarters;

  private TextSplitter(String text, long maxTokens, long overlapTokens) {
    this.text = text;
    this.maxQuarters = 4 * maxTokens;
    this.overlapQuarters = 4 * overlapTokens;
  }

  /**
   * A part of the text.
   *
   * @param from position of its first character, in the overlap
   * @param start position of its first character that is not in the part before
   * @param end position after its last character
   */
  record Part(int from, int start, int end) {}

  /**
   * Splits a text.
   *
   * @param overlapTokens at most a quarter of {@code maxTokens}
   */
  static List<Part> split(String text, long maxTokens, long overlapTokens) {
    return new TextSplitter(text, maxTokens, overlapTokens).parts();
  }

  private List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int from = parts.isEmpty() ? 0 : overlapStart(start);
      int end = end(start, limit(from));
      parts.add(new Part(from, start, end));
      start = end;
    }
    return parts;
  }

  /** The position after the last character that fits. */
  private int limit(int from) {
    long quarters = 0;
    int at = from;
    while (at < text.length()) {
      quarters += TextTokens.quarters(text.charAt(at));
      if (quarters > maxQuarters) {
        return at;
      }
      at++;
    }
    return at;
  }

  private int end(int start, int limit) {
    if (limit == text.length()) {
      return limit;
    }
    int middle = start + (limit - start) / 2;
    for (Pattern pattern : ENDS) {
      int end = last(pattern, middle, limit);
      if (end > start) {
        return end;
      }
    }
    return Character.isLowSurrogate(text.charAt(limit)) && limit - 1 > start ? limit - 1 : limit;
  }

  /** The last place in a range where a part may end; -1 if there is none. */
  private int last(Pattern pattern, int from, int limit) {
    Matcher matcher = pattern.matcher(text).region(from, limit);
    int last = -1;
    while (matcher.find()) {
      last = matcher.start("next");
    }
    return last;
  }

  /** The first word of the overlap. */
  private int overlapStart(int start) {
    long quarters = 0;
    int at = start;
    while (at > 0 && quarters < overlapQuarters) {
      at--;
      quarters += TextTokens.quarters(text.charAt(at));
    }
    Matcher word = ENDS.getLast().matcher(text).region(at, at + (start - at) / 2);
    int first = word.find() ? word.end() : at;
    return first < start && Character.isLowSurrogate(text.charAt(first)) ? first + 1 : first;
  }
}
