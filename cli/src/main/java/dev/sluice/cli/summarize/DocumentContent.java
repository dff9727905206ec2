package dev.sluice.cli.summarize;

import dev.sluice.cli.file.Input;
import dev.sluice.cli.file.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Content of a document: text, or the reason why it cannot be sent. */
sealed interface DocumentContent {
  /** Maximum size of a text file. */
  long MAX_BYTES = 32L * 1024 * 1024;

  /** UTF-8 text, without a byte-order mark. */
  record Text(String text) implements DocumentContent {}

  /**
   * Content that cannot be sent.
   *
   * @param problem the reason, as a predicate
   */
  record Unreadable(String problem) implements DocumentContent {}

  static DocumentContent of(Path file) {
    try {
      long size = Files.size(file);
      return size > MAX_BYTES
          ? new Unreadable(
              "is too large (%.1f MiB; the maximum size of a document is 32 MiB): divide it into several files"
                  .formatted(size / 1048576.0))
          : new Text(TextFile.read(file));
    } catch (TextFile.MalformedTextException malformed) {
      return new Unreadable(String.valueOf(malformed.getMessage()));
    } catch (IOException failure) {
      return new Unreadable("cannot be read: " + Input.reason(failure));
    }
  }
}
