package dev.sluice.cli.summarize;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Selects documents that are spread evenly over the sizes. */
final class Sample {
  private Sample() {}

  /**
   * The names of the selected documents.
   *
   * @param size at least 1 and less than the number of documents
   */
  static Set<String> of(List<Document> documents, int size) {
    record Sized(String name, long bytes) {}
    List<Sized> bySize =
        documents.stream()
            .map(document -> new Sized(document.name(), bytes(document)))
            .sorted(Comparator.comparingLong(Sized::bytes).thenComparing(Sized::name))
            .toList();
    Set<String> selected = new HashSet<>();
    for (int i = 0; i < size; i++) {
      int at = size == 1 ? bySize.size() / 2 : (int) ((long) i * (bySize.size() - 1) / (size - 1));
      selected.add(bySize.get(at).name());
    }
    return selected;
  }

  private static long bytes(Document document) {
    try {
      return Files.size(document.path());
    } catch (IOException unreadable) {
      return 0; // reported when the document is read
    }
  }
}
