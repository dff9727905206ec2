package dev.sluice.cli.summarize;

import java.util.ArrayList;
import java.util.List;

/**
 * Divides a text that is longer than the largest request into sections, each for one line of the
 * batch file. A section ends at the last end of a paragraph in its last eighth, otherwise at the
 * last end of a line or word there, otherwise between two characters.
 */
final class DocumentSections {
  /** The size of a section in JSON. The rest of a request is for the prompt and the parameters. */
  private static final int MAX_BYTES = 7 * 1024 * 1024;

  private static final int END_DIVISOR = 8;
  private static final List<String> ENDS = List.of("\n\n", "\n", " ");

  private DocumentSections() {}

  /** The sections, which together are the text. */
  static List<String> of(String text) {
    return of(text, MAX_BYTES);
  }

  static List<String> of(String text, int maxBytes) {
    List<String> sections = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = end(text, start, limit(text, start, maxBytes));
      sections.add(text.substring(start, end));
      start = end;
    }
    return sections;
  }

  /** The position after the last character that fits. */
  private static int limit(String text, int start, int maxBytes) {
    int bytes = 0;
    int at = start;
    while (at < text.length()) {
      bytes += bytes(text.charAt(at));
      if (bytes > maxBytes) {
        return at;
      }
      at++;
    }
    return at;
  }

  /** The most bytes of a character in a JSON string. */
  private static int bytes(char character) {
    if (character < ' ') {
      return character == '\n' || character == '\r' || character == '\t' ? 2 : 6;
    }
    if (character < 0x80) {
      return character == '"' || character == '\\' ? 2 : 1;
    }
    return character < 0x800 || Character.isSurrogate(character) ? 2 : 3;
  }

  private static int end(String text, int start, int limit) {
    if (limit == text.length()) {
      return limit;
    }
    int first = limit - (limit - start) / END_DIVISOR;
    for (String mark : ENDS) {
      int at = text.lastIndexOf(mark, limit - mark.length());
      if (at >= first) {
        return at + mark.length();
      }
    }
    return Character.isLowSurrogate(text.charAt(limit)) && limit - 1 > start ? limit - 1 : limit;
  }
}
