package dev.sluice.system.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A disk of its own for a folder, small enough to be filled: a tmpfs, which only root may mount.
 */
final class SmallDisk implements AutoCloseable {
  private static final String SIZE = "size=1g,mode=700";
  private static final int CHUNK = 1024 * 1024;

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** None where this user, or this system, may not mount. */
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

  /** Not a byte is left. */
  void fill() {
    byte[] chunk = new byte[CHUNK];
    try (OutputStream out = Files.newOutputStream(ballast())) {
      while (true) {
        out.write(chunk);
      }
    } catch (IOException full) {
      // as it was wanted
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

  /** Lazily: a process that has been told to stop may still write its last words. */
  @Override
  public void close() {
    SystemCommands.succeeds("umount", "-l", folder.toString());
  }
}
