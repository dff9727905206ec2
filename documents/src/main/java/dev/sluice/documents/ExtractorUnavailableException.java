package dev.sluice.documents;

/** The extractor process cannot be started. */
public final class ExtractorUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ExtractorUnavailableException(String message) {
    super(message);
  }
}
