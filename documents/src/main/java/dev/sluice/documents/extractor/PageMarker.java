package dev.sluice.documents.extractor;

import dev.sluice.documents.DocumentFormat;

/**
 * How a page begins in the parsers' XHTML, and how its number is written in the text.
 *
 * @param cssClass class of the {@code div} of a page; empty for a format without pages
 * @param label with the page's number as {@code %d}
 */
record PageMarker(String cssClass, String label) {
  static PageMarker of(DocumentFormat format) {
    return switch (format) {
      case PDF -> new PageMarker("page", "[p. %d]");
      case PPTX -> new PageMarker("slide-content", "[slide %d]");
      case DOCX, XLSX, ODT, EPUB, HTML, RTF, EML -> new PageMarker("", "");
    };
  }

  boolean isStartOfPage(String element, String elementClass) {
    return !cssClass.isEmpty() && element.equals("div") && elementClass.equals(cssClass);
  }

  String text(int page) {
    return label.formatted(page);
  }
}
