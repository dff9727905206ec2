package dev.sluice.documents.extractor;

import dev.sluice.documents.Extraction;
import dev.sluice.documents.Extraction.Kind;
import java.util.Locale;

/** Explains why a parser failed. */
final class ParseFailure {
  private static final int MAX_CAUSES = 10;
  private static final int MAX_DETAIL = 200;
  private static final double MEBIBYTE = 1024 * 1024;

  private ParseFailure() {}

  static Extraction.Problem problem(Throwable failure, int maxTextCharacters) {
    Throwable root = failure;
    for (int i = 0; i < MAX_CAUSES; i++) {
      if (root instanceof TextCollector.TooLongException) {
        return new Extraction.Problem(
            Kind.TOO_LARGE,
            "contains more than %.0f MiB of text: split it"
                .formatted(maxTextCharacters / MEBIBYTE));
      }
      if (message(root).toLowerCase(Locale.ROOT).contains("zip bomb")) {
        return new Extraction.Problem(
            Kind.FAILED, "is rejected: it expands like a decompression bomb (zip bomb)");
      }
      Throwable cause = root.getCause();
      if (cause == null) {
        break;
      }
      root = cause;
    }
    return new Extraction.Problem(
        Kind.FAILED, "cannot be parsed, it may be damaged: " + detail(root));
  }

  private static String message(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }

  private static String detail(Throwable root) {
    String detail =
        root.getMessage() == null
            ? root.getClass().getSimpleName()
            : message(root).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return detail.substring(0, Math.min(MAX_DETAIL, detail.length()));
  }
}
