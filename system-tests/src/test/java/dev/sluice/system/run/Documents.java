package dev.sluice.system.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Creates folders of documents for tests. */
public final class Documents {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Documents() {}

  /**
   * Writes documents into a folder and its sub-folders, each with unique text.
   *
   * @return paths relative to the folder, sorted by name
   */
  public static List<String> write(Path folder, int count) {
    List<String> names = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        String name = "part-%d/report %03d.txt".formatted(i % 4, i);
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text(i));
        names.add(name);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return names.stream().sorted().toList();
  }

  /**
   * Checks that a file holds one summary of each document, in document order, with the document's
   * own text.
   */
  public static void assertSummarised(List<String> names, Path summaries) {
    List<JsonNode> lines;
    try {
      lines = Files.readAllLines(summaries).stream().map(JSON::readTree).toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    assertThat(lines)
        .extracting(line -> line.path("file").asString())
        .containsExactlyElementsOf(names);
    assertThat(lines)
        .allSatisfy(
            line ->
                assertThat(line.path("summary").asString())
                    .contains(marker(line.path("file").asString())));
  }

  /** A word that only this document contains. */
  private static String marker(String name) {
    return "warehouse-" + Integer.parseInt(name.replaceAll(".*report 0*(\\d+)\\.txt", "$1"));
  }

  private static String text(int number) {
    return """
        The inspection of warehouse-%1$d took place in the morning and found the roof of warehouse-%1$d in good order.
        The inspectors of warehouse-%1$d asked for new lamps. The lamps of warehouse-%1$d arrive next week.
        Everything else can wait until the next inspection of warehouse-%1$d in the spring.
        """
        .formatted(number);
  }
}
