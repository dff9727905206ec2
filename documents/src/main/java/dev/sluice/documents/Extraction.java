package dev.sluice.documents;

/** The text of a document, or the reason why there is none. */
public sealed interface Extraction {

  /**
   * Extracted text.
   *
   * @param text not blank; a page of a PDF starts with {@code [p. 12]}, a slide with {@code [slide
   *     3]}
   * @param pages number of pages or slides; 0 for a format without pages
   * @param pagesWithoutText how many of them have no text, for example scanned pages
   */
  record Text(String text, int pages, int pagesWithoutText) implements Extraction {
    public Text {
      if (text.isBlank()) {
        throw new IllegalArgumentException("text must not be blank");
      }
      if (pagesWithoutText < 0 || pagesWithoutText > pages) {
        throw new IllegalArgumentException(
            "pagesWithoutText (%d) must be between 0 and pages (%d)"
                .formatted(pagesWithoutText, pages));
      }
    }
  }

  /**
   * A document without usable text.
   *
   * @param message the reason as a predicate, for example {@code is protected with a password}
   */
  record Problem(Kind kind, String message) implements Extraction {}

  /** What prevents the extraction. */
  enum Kind {
    /** The document has no text. */
    EMPTY,
    /** The document needs a password. */
    ENCRYPTED,
    /** The pages are images. */
    SCANNED,
    /** The format is not in {@link DocumentFormat}. */
    UNSUPPORTED,
    /** The file or its text is larger than the limit. */
    TOO_LARGE,
    /** The file is damaged, or exceeds the limits of time or memory. */
    FAILED
  }
}
