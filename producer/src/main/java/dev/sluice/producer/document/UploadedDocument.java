package dev.sluice.producer.document;

import dev.sluice.documents.DocumentFormat;
import dev.sluice.documents.TemporaryFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** An uploaded document in a temporary file, which keeps only the extension of its name. */
record UploadedDocument(Path file) implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;

  /**
   * Stores a document.
   *
   * @throws TooLargeException if it has more bytes
   */
  static UploadedDocument of(String name, InputStream content, long maxBytes) throws IOException {
    String suffix =
        DocumentFormat.ofName(name)
            .map(format -> name.substring(name.lastIndexOf('.')).toLowerCase(Locale.ROOT))
            .orElse("");
    UploadedDocument document =
        new UploadedDocument(Files.createTempFile(TemporaryFiles.PREFIX, suffix));
    try (OutputStream out = Files.newOutputStream(document.file())) {
      copy(content, out, maxBytes);
      return document;
    } catch (IOException | RuntimeException failure) {
      document.close();
      throw failure;
    }
  }

  private static void copy(InputStream content, OutputStream out, long maxBytes)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
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
