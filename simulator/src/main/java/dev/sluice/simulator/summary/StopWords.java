package dev.sluice.simulator.summary;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

/** English, German and French stop words. */
final class StopWords {
  private static final Set<String> WORDS = read();

  private StopWords() {}

  static boolean contains(String word) {
    return WORDS.contains(word);
  }

  private static Set<String> read() {
    try (InputStream in =
        Objects.requireNonNull(StopWords.class.getResourceAsStream("stop-words.txt"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Set.copyOf(Arrays.asList(text.strip().split("\\s+")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
