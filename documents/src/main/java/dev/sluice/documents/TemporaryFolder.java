package dev.sluice.documents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Deletes the folder for the temporary files of an extractor process. */
final class TemporaryFolder {
  private TemporaryFolder() {}

  /** Deletes the folder as far as possible: what remains is left to the operating system. */
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException ignored) {
      // The folder is in the temporary folder of the operating system.
    }
  }
}
