package dev.sluice.documents.extractor;

import dev.sluice.documents.DocumentFormat;
import dev.sluice.documents.Extraction;
import dev.sluice.documents.Extraction.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.tika.exception.EncryptedDocumentException;
import org.apache.tika.exception.TikaException;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MediaType;
import org.apache.tika.sax.BodyContentHandler;
import org.apache.tika.sax.SecureContentHandler;
import org.xml.sax.SAXException;

/** Extracts the text of one file. Every failure is a {@link Extraction.Problem}. */
final class TextExtractor {
  private static final MediaType PROTECTED_OFFICE_FILE =
      MediaType.application("x-tika-ooxml-protected");
  private static final double MEBIBYTE = 1024 * 1024;

  private final long maxFileBytes;
  private final int maxTextCharacters;
  private final FormatDetector detector = new FormatDetector();
  private final FormatParsers parsers = new FormatParsers();

  TextExtractor(long maxFileBytes, int maxTextCharacters) {
    this.maxFileBytes = maxFileBytes;
    this.maxTextCharacters = maxTextCharacters;
  }

  Extraction extract(Path file) {
    try {
      long size = Files.size(file);
      if (size > maxFileBytes) {
        return new Extraction.Problem(
            Kind.TOO_LARGE,
            "is too large (%.1f MiB; the maximum size of a document is %.0f MiB)"
                .formatted(size / MEBIBYTE, maxFileBytes / MEBIBYTE));
      }
      if (size == 0) {
        return new Extraction.Problem(Kind.EMPTY, "is empty");
      }
    } catch (IOException unreadable) {
      return new Extraction.Problem(
          Kind.FAILED, "cannot be read: " + String.valueOf(unreadable.getMessage()));
    }
    Metadata metadata = new Metadata();
    metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, String.valueOf(file.getFileName()));
    try (TikaInputStream in = TikaInputStream.get(file)) {
      return extract(in, file, metadata);
    } catch (EncryptedDocumentException encrypted) {
      return encrypted();
    } catch (IOException
        | TikaException
        | SAXException
        | RuntimeException
        | StackOverflowError
        | LinkageError damaged) {
      return ParseFailure.problem(damaged, maxTextCharacters);
    }
  }

  private Extraction extract(TikaInputStream in, Path file, Metadata metadata)
      throws IOException, TikaException, SAXException {
    MediaType type = detector.detect(in, metadata);
    if (type.equals(PROTECTED_OFFICE_FILE)) {
      return encrypted();
    }
    Optional<DocumentFormat> detected = DocumentFormat.ofMediaType(type.toString());
    if (detected.isEmpty()) {
      return new Extraction.Problem(
          Kind.UNSUPPORTED,
          "has the type %s, which is not supported: convert it to one of %s"
              .formatted(type, DocumentFormat.names()));
    }
    DocumentFormat format = detected.get();
    Optional<DocumentFormat> named = DocumentFormat.ofName(String.valueOf(file.getFileName()));
    if (named.isPresent() && named.get() != format) {
      return new Extraction.Problem(
          Kind.FAILED,
          "has the extension of %s, but contains %s: check or rename it"
              .formatted(named.get(), format));
    }
    return parse(in, format, metadata);
  }

  private Extraction parse(TikaInputStream in, DocumentFormat format, Metadata metadata)
      throws IOException, TikaException, SAXException {
    TextCollector collector = new TextCollector(PageMarker.of(format), maxTextCharacters);
    SecureContentHandler secure = new SecureContentHandler(new BodyContentHandler(collector), in);
    SkippedAttachments attachments = new SkippedAttachments();
    try {
      parsers.parse(format, in, secure, metadata, attachments);
    } catch (SAXException rejected) {
      secure.throwIfCauseOf(rejected);
      throw rejected;
    }
    collector.finish();
    if (!collector.hasText()) {
      return withoutText(format, collector.pages());
    }
    String text =
        format == DocumentFormat.EML
            ? MailText.of(metadata, collector.text(), attachments.names())
            : collector.text();
    return new Extraction.Text(text, collector.pages(), collector.pagesWithoutText());
  }

  private static Extraction withoutText(DocumentFormat format, int pages) {
    return format == DocumentFormat.PDF
        ? new Extraction.Problem(
            Kind.SCANNED,
            "contains no text on its pages (%d): if it is a scan, run OCR first, for example ocrmypdf"
                .formatted(pages))
        : new Extraction.Problem(Kind.EMPTY, "contains no text");
  }

  private static Extraction encrypted() {
    return new Extraction.Problem(
        Kind.ENCRYPTED, "is protected with a password: save it without the password");
  }
}
