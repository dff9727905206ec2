package dev.sluice.cli.file.table;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Format of the header row.
 *
 * @param delimiter the most frequent of comma, semicolon and tab outside quotes; comma if there is
 *     none
 * @param crlf whether its line ends with CR LF
 */
record HeaderFormat(char delimiter, boolean crlf) {
  private static final String DELIMITERS = ",;\t";

  static HeaderFormat of(Path file) throws IOException {
    int[] counts = new int[DELIMITERS.length()];
    boolean quoted = false;
    boolean empty = true;
    try (Reader reader = Files.newBufferedReader(file)) {
      int next = reader.read();
      while (next >= 0 && (quoted || empty || !isLineEnd(next))) {
        int index = DELIMITERS.indexOf(next);
        if (next == '"') {
          quoted = !quoted;
        } else if (index >= 0 && !quoted) {
          counts[index]++;
        }
        empty &= isLineEnd(next);
        next = reader.read();
      }
      return new HeaderFormat(mostFrequent(counts), next == '\r' && reader.read() == '\n');
    }
  }

  private static boolean isLineEnd(int character) {
    return character == '\n' || character == '\r';
  }

  private static char mostFrequent(int[] counts) {
    int most = 0;
    for (int index = 1; index < counts.length; index++) {
      if (counts[index] > counts[most]) {
        most = index;
      }
    }
    return DELIMITERS.charAt(most);
  }
}
