package dev.sluice.producer.file.document;

import dev.sluice.documents.Extraction;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.web.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Returns the text of a document, as {@code sluice summarize} sends it. */
@RestController
class DocumentController {
  private static final int MAX_NAME_LENGTH = 1000;

  private final SharedExtractor extractor;
  private final DocumentSettings settings;

  DocumentController(SharedExtractor extractor, DocumentSettings settings) {
    this.extractor = extractor;
    this.settings = settings;
  }

  /**
   * Extracts the text of the request's body.
   *
   * @param project unused: every key may extract text, and nothing is stored
   * @param name name of the document; its extension must match the content
   */
  @PostMapping("/api/documents/text")
  DocumentText text(Project project, @RequestParam String name, HttpServletRequest request)
      throws IOException {
    if (name.isBlank() || name.length() > MAX_NAME_LENGTH) {
      throw ApiException.badRequest(
          "'name' must have 1 to %d characters.".formatted(MAX_NAME_LENGTH), "name", null);
    }
    long maxBytes = settings.maxSize().toBytes();
    if (request.getContentLengthLong() > maxBytes) {
      throw tooLarge(maxBytes);
    }
    extractor.requireAvailable();
    try (UploadedDocument document =
            UploadedDocument.of(name, request.getInputStream(), maxBytes, System::nanoTime);
        SharedExtractor.Admission admission = extractor.admit()) { // slow bodies hold no permit
      return DocumentText.of(admission.extract(document.file()));
    } catch (UploadedDocument.TooLargeException larger) {
      throw tooLarge(maxBytes);
    }
  }

  private static ApiException tooLarge(long maxBytes) {
    return ApiException.tooLarge(
        "The document has more than %d bytes (sluice.documents.max-size).".formatted(maxBytes),
        null);
  }

  /**
   * The text, or why there is none: {@code {"status":"text","text":"[p. 1]…","pages":3,
   * "pages_without_text":0}} or {@code {"status":"encrypted","message":"is protected with a
   * password: …"}}.
   *
   * @param status {@code text}, or {@code empty}, {@code encrypted}, {@code scanned}, {@code
   *     unsupported}, {@code too_large} or {@code failed}
   * @param message the reason, as a predicate of the document
   */
  record DocumentText(
      String status,
      @Nullable String text,
      @Nullable Integer pages,
      @Nullable Integer pagesWithoutText,
      @Nullable String message) {

    static DocumentText of(Extraction extraction) {
      return switch (extraction) {
        case Extraction.Text text ->
            new DocumentText("text", text.text(), text.pages(), text.pagesWithoutText(), null);
        case Extraction.Problem problem ->
            new DocumentText(
                problem.kind().name().toLowerCase(Locale.ROOT),
                null,
                null,
                null,
                problem.message());
      };
    }
  }
}
