package dev.sluice.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Deletes temporary files and folders as far as possible: what remains is left to the operating
 * system.
 */
public final class TemporaryFiles {
  /** The names of all documents and folders in the temporary folder start with it. */
  public static final String PREFIX = "sluice-document-";

  private TemporaryFiles() {}

  /** Deletes a file, or a folder with its content. */
  public static void delete(Path path) {
    try {
      for (Path file : deepestFirst(path)) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException ignored) {
      // It is in the temporary folder of the operating system.
    }
  }

  /**
   * Deletes what processes that were killed have left in a folder.
   *
   * @param unchangedSince newer files and folders may be in use
   */
  public static void deleteLeftovers(Path folder, Instant unchangedSince) {
    leftovers(folder, unchangedSince).forEach(TemporaryFiles::delete);
  }

  private static List<Path> deepestFirst(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      return files.sorted(Comparator.reverseOrder()).toList();
    }
  }

  private static List<Path> leftovers(Path folder, Instant unchangedSince) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(PREFIX))
          .filter(file -> isUnchangedSince(unchangedSince, file))
          .toList();
    } catch (IOException | UncheckedIOException unreadable) {
      return List.of();
    }
  }

  private static boolean isUnchangedSince(Instant time, Path file) {
    try {
      return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant().isBefore(time);
    } catch (IOException deleted) {
      return false;
    }
  }
}
