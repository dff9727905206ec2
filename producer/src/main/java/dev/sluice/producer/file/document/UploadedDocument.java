package dev.sluice.producer.file.document;

import dev.sluice.documents.DocumentFormat;
import dev.sluice.documents.TemporaryFiles;
import dev.sluice.producer.web.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** An uploaded document in a temporary file, which keeps only the extension of its name. */
record UploadedDocument(Path file) implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;

  /** As for all other request bodies. */
  private static final Duration MAX_READ_TIME = Duration.ofMinutes(2);

  /**
   * Stores a document.
   *
   * @param nanoTime a monotonic clock
   * @throws TooLargeException if it has more bytes
   * @throws ApiException 408 if it does not arrive within 2 minutes
   */
  static UploadedDocument of(String name, InputStream content, long maxBytes, LongSupplier nanoTime)
      throws IOException {
    String suffix =
        DocumentFormat.ofName(name)
            .map(format -> name.substring(name.lastIndexOf('.')).toLowerCase(Locale.ROOT))
            .orElse("");
    UploadedDocument document =
        new UploadedDocument(Files.createTempFile(TemporaryFiles.PREFIX, suffix));
    try (OutputStream out = Files.newOutputStream(document.file())) {
      copy(content, out, maxBytes, nanoTime);
      return document;
    } catch (IOException | RuntimeException failure) {
      document.close();
      throw failure;
    }
  }

  private static void copy(
      InputStream content, OutputStream out, long maxBytes, LongSupplier nanoTime)
      throws IOException {
    long startedAt = nanoTime.getAsLong();
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
      if (nanoTime.getAsLong() - startedAt > MAX_READ_TIME.toNanos()) {
        throw ApiException.requestTimeout(
            "The document did not arrive within %d seconds. Send it faster, or send a smaller one."
                .formatted(MAX_READ_TIME.toSeconds()));
      }
      bytes += read;
      if (bytes > maxBytes) {
        throw new TooLargeException();
      }
      out.write(buffer, 0, read);
    }
  }

  /** The document is larger than the limit. */
  static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
