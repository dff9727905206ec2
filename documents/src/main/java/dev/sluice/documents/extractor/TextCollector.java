package dev.sluice.documents.extractor;

import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** Collects text with a marker before each page. */
final class TextCollector extends DefaultHandler {
  private final PageMarker pageMarker;
  private final int maxCharacters;
  private final StringBuilder text = new StringBuilder();
  private int pages;
  private int pagesWithoutText;
  private boolean pageHasText = true;
  private boolean hasText;

  /** The text is longer than the limit. */
  static final class TooLongException extends SAXException {
    private static final long serialVersionUID = 1L;
  }

  TextCollector(PageMarker pageMarker, int maxCharacters) {
    this.pageMarker = pageMarker;
    this.maxCharacters = maxCharacters;
  }

  @Override
  public void startElement(String uri, String localName, String name, Attributes attributes) {
    String elementClass = attributes.getValue("class");
    if (pageMarker.isStartOfPage(localName, elementClass == null ? "" : elementClass)) {
      endPage();
      pages++;
      pageHasText = false;
      text.append("\n\n").append(pageMarker.text(pages)).append('\n');
    }
  }

  private void endPage() {
    if (!pageHasText) {
      pagesWithoutText++;
      pageHasText = true;
    }
  }

  /** Counts the last page; parsers do not report the end of every document. */
  void finish() {
    endPage();
  }

  @Override
  public void characters(char[] characters, int start, int length) throws SAXException {
    if (text.length() + length > maxCharacters) {
      throw new TooLongException();
    }
    text.append(characters, start, length);
    if (!pageHasText || !hasText) {
      boolean blank = new String(characters, start, length).isBlank();
      pageHasText |= !blank;
      hasText |= !blank;
    }
  }

  @Override
  public void ignorableWhitespace(char[] characters, int start, int length) throws SAXException {
    characters(characters, start, length);
  }

  /** Whether there is text besides the markers. */
  boolean hasText() {
    return hasText;
  }

  int pages() {
    return pages;
  }

  int pagesWithoutText() {
    return pagesWithoutText;
  }

  /** The text, without trailing spaces and repeated blank lines. */
  String text() {
    StringBuilder tidy = new StringBuilder(text.length());
    int newlines = 0;
    for (String line : (Iterable<String>) text.toString().lines()::iterator) {
      String stripped = line.stripTrailing();
      if (stripped.isEmpty()) {
        newlines++;
        continue;
      }
      if (!tidy.isEmpty()) {
        tidy.append(newlines > 0 ? "\n\n" : "\n");
      }
      tidy.append(stripped);
      newlines = 0;
    }
    return tidy.toString();
  }
}
