package dev.sluice.producer.file;

import java.io.IOException;

/** A file was deleted, or has expired, while it was read. */
public final class FileDeletedException extends IOException {
  private static final long serialVersionUID = 1L;

  FileDeletedException(String fileId) {
    super("File %s was deleted or has expired while it was read.".formatted(fileId));
  }
}
