package dev.sluice.cli.summarize;

import dev.sluice.cli.file.Input;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.InputProblems;
import dev.sluice.cli.terminal.Terminal;
import dev.sluice.documents.DocumentExtractor;
import dev.sluice.documents.DocumentFormat;
import dev.sluice.documents.Extraction;
import dev.sluice.documents.ExtractionLimits;
import dev.sluice.documents.ExtractorUnavailableException;
import dev.sluice.documents.FileSignature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of documents. Plain text is read by this process; the first document of another
 * format starts the extractor process.
 */
final class DocumentReader implements AutoCloseable {
  /** Environment variable with the jar of the extractor. */
  private static final String JAR = "SLUICE_DOCUMENTS_JAR";

  private final Terminal terminal;
  private final InputProblems incomplete = new InputProblems();
  private @Nullable DocumentExtractor extractor;

  DocumentReader(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * Reads a document.
   *
   * @throws CommandException if the document needs the extractor process, which cannot be started
   */
  DocumentContent read(Document document) {
    try {
      return needsExtraction(document.path()) ? extract(document) : plainText(document.path());
    } catch (IOException failure) {
      return new DocumentContent.Unreadable("cannot be read: " + Input.reason(failure));
    }
  }

  private static DocumentContent plainText(Path file) {
    DocumentContent content = DocumentContent.of(file);
    return content instanceof DocumentContent.Text text && text.text().isBlank()
        ? new DocumentContent.Unreadable("contains no text")
        : content;
  }

  /** Whether the text is read by the extractor, so that it may be shorter than the file. */
  static boolean needsExtraction(Path file) throws IOException {
    if (DocumentFormat.ofName(file.toString()).isPresent()) {
      return true;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return FileSignature.matches(in.readNBytes(FileSignature.BYTES));
    }
  }

  private DocumentContent extract(Document document) {
    try {
      return switch (extractor(document).extract(document.path())) {
        case Extraction.Text text -> {
          if (text.pagesWithoutText() > 0) {
            incomplete.add(
                "%s has %d of %d pages without text: pictures, or scans that need OCR"
                    .formatted(document.name(), text.pagesWithoutText(), text.pages()));
          }
          yield new DocumentContent.Text(text.text());
        }
        case Extraction.Problem problem -> new DocumentContent.Unreadable(problem.message());
      };
    } catch (ExtractorUnavailableException unavailable) {
      throw CommandException.invalidInput(
          "Cannot read %s. %s".formatted(document.name(), unavailable.getMessage()));
    }
  }

  private DocumentExtractor extractor(Document document) {
    if (extractor == null) {
      String jar = terminal.environment().get(JAR);
      if (jar == null || jar.isBlank()) {
        throw CommandException.invalidInput(
            "Cannot read %s: set %s to the jar of the document extractor."
                .formatted(document.name(), JAR));
      }
      terminal.message(
          "Extracting text from documents, starting with %s.".formatted(document.name()));
      extractor = new DocumentExtractor(Path.of(jar), ExtractionLimits.DEFAULT);
    }
    return extractor;
  }

  /** The documents of which only some pages have text; at most twenty lines. */
  List<String> incomplete() {
    return incomplete.lines();
  }

  @Override
  public void close() {
    if (extractor != null) {
      extractor.close();
    }
  }
}
