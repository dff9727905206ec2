package dev.sluice.cli.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary file that is deleted on close, and when the process exits. */
public final class TemporaryFile implements AutoCloseable {
  private final Path path;

  public TemporaryFile() throws IOException {
    path = Files.createTempFile("sluice-", ".jsonl");
    path.toFile().deleteOnExit();
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
  }
}
