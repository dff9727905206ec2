package dev.sluice.simulator.summary;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Extracts paragraphs from a text; drops headings, code, tables, rules and mail headers. */
final class Prose {
  private static final Pattern FENCE = Pattern.compile("^\\s*(```|~~~).*");
  private static final Pattern DROPPED =
      Pattern.compile(
          "^\\s*(#{1,6}(\\s.*)?" // a heading
              + "|[=\\-*_~+.]{3,}\\s*" // a rule, or a heading's underline
              + "|[|+].*[|+]\\s*" // a row of a table
              + "|:?-{2,}.*\\|.*" // the separator below a table's header
              + "|!\\[[^\\]]*]\\([^)]*\\)\\s*" // an image without text
              + "|(From|To|Cc|Bcc|Subject|Date|Sent|Von|An|Betreff|De|À|Objet)\\s?:\\s.*)$");
  private static final Pattern UNDERLINE = Pattern.compile("^\\s*(={3,}|-{3,})\\s*$");
  private static final Pattern ITEM = Pattern.compile("^\\s*([-*+•]|\\d{1,3}[.)])\\s+");
  private static final Pattern QUOTE = Pattern.compile("^\\s*(>\\s?)+");
  private static final Pattern LINK = Pattern.compile("!?\\[([^\\]]*)]\\([^)]*\\)");
  private static final Pattern TAG = Pattern.compile("</?[A-Za-z][^<>]*>");
  private static final Pattern EMPHASIS =
      Pattern.compile("(\\*\\*|__|`)(.+?)\\1|(?<![\\w*])\\*(?!\\s)([^*]+?)\\*(?![\\w*])");

  private final List<String> paragraphs = new ArrayList<>();
  private final StringBuilder paragraph = new StringBuilder();

  private Prose() {}

  static List<String> paragraphs(String text) {
    Prose prose = new Prose();
    boolean code = false;
    for (String line : text.lines().toList()) {
      if (FENCE.matcher(line).matches()) {
        code = !code;
        prose.end();
      } else if (!code) {
        prose.add(line);
      }
    }
    prose.end();
    return prose.paragraphs;
  }

  private void add(String line) {
    String unquoted = QUOTE.matcher(line).replaceFirst("");
    if (UNDERLINE.matcher(unquoted).matches()) {
      paragraph.setLength(0);
    }
    if (unquoted.isBlank() || DROPPED.matcher(unquoted).matches()) {
      end();
      return;
    }
    String words = ITEM.matcher(unquoted).replaceFirst("");
    if (words.length() < unquoted.length()) {
      end();
    }
    paragraph.append(words.strip()).append(' ');
  }

  private void end() {
    String plain = withoutMarkup(paragraph.toString()).strip();
    paragraph.setLength(0);
    if (!plain.isEmpty() && !isHeading(plain)) {
      paragraphs.add(plain);
    }
  }

  /** A short paragraph without final punctuation is a title, a name or a short list item. */
  private static boolean isHeading(String plain) {
    char last = plain.charAt(plain.length() - 1);
    return ".!?…\"'”»)".indexOf(last) < 0 && plain.length() < 80;
  }

  private static String withoutMarkup(String text) {
    String withoutLinks = LINK.matcher(text).replaceAll("$1");
    String withoutTags = TAG.matcher(withoutLinks).replaceAll("");
    return EMPHASIS
        .matcher(withoutTags)
        .replaceAll(match -> quoted(match.group(2) == null ? match.group(3) : match.group(2)))
        .replaceAll("\\s+", " ");
  }

  private static String quoted(String replacement) {
    return replacement.replace("\\", "\\\\").replace("$", "\\$");
  }
}
