package dev.sluice.bench.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A small tmpfs at a folder, which a test can fill. Only root can mount it. */
final class SmallDisk implements AutoCloseable {
  private static final String SIZE = "size=1g,mode=700";
  private static final int CHUNK = 1024 * 1024;

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Empty if the user or the system cannot mount. */
  static Optional<SmallDisk> at(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return SystemCommands.succeeds("mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", folder.toString())
        ? Optional.of(new SmallDisk(folder))
        : Optional.empty();
  }

  /** Fills the disk completely. */
  void fill() {
    byte[] chunk = new byte[CHUNK];
    try (OutputStream out = Files.newOutputStream(ballast())) {
      while (true) {
        out.write(chunk);
      }
    } catch (IOException full) {
      // the disk is full, as intended
    }
  }

  void empty() {
    try {
      Files.deleteIfExists(ballast());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Path ballast() {
    return folder.resolve("ballast");
  }

  /** Unmounts lazily: a process that is shutting down may still write. */
  @Override
  public void close() {
    SystemCommands.succeeds("umount", "-l", folder.toString());
  }
}
