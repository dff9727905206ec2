package dev.sluice.bench.harness;

import dev.sluice.testkit.process.Folders;
import java.nio.file.Path;

/** A generated section of a hand-written page, between two markers. */
public final class GeneratedSection {
  private final Path file;
  private final String begin;
  private final String end;

  /** Selects the section of this name. */
  public GeneratedSection(Path file, String part) {
    this.file = file;
    this.begin = "<!-- generated: " + part + " -->";
    this.end = "<!-- end of generated: " + part + " -->";
  }

  /**
   * Replaces the section.
   *
   * @throws IllegalStateException if the page has no such section
   */
  public void write(String text) {
    String page = Folders.read(file);
    int from = page.indexOf(begin);
    int to = page.indexOf(end);
    if (from < 0 || to < from) {
      throw new IllegalStateException(
          "%s has no section between %s and %s".formatted(file, begin, end));
    }
    Folders.write(
        file, page.substring(0, from + begin.length()) + "\n" + text + page.substring(to));
  }
}
