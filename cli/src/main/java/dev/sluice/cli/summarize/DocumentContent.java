package dev.sluice.cli.summarize;

import dev.sluice.cli.batch.RequestFile;
import dev.sluice.cli.file.Input;
import dev.sluice.cli.file.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Content of a document: text, or the reason why it cannot be sent. */
sealed interface DocumentContent {

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
      return size > RequestFile.MAX_REQUEST_BYTES
          ? new Unreadable(RequestFile.tooLarge(size))
          : new Text(TextFile.read(file));
    } catch (TextFile.MalformedTextException malformed) {
      return new Unreadable(String.valueOf(malformed.getMessage()));
    } catch (IOException failure) {
      return new Unreadable("cannot be read: " + Input.reason(failure));
    }
  }
}
