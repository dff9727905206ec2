package dev.sluice.cli.terminal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** Reads the terminal's size with {@code test} and {@code stty}: Java has no API for it. */
final class ProcessTerminalSize implements TerminalSize {
  private static final int DEFAULT_COLUMNS = 80;

  @Override
  public OptionalInt columns() {
    try {
      Process stty =
          new ProcessBuilder("sh", "-c", "test -t 2 && { stty size <&2 2>/dev/null || echo; }")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      stty.getOutputStream().close();
      String output = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return stty.waitFor() == 0 ? OptionalInt.of(width(output)) : OptionalInt.empty();
    } catch (IOException noShell) {
      return OptionalInt.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  /** The second number of {@code 24 80}; some terminals report {@code 0 0}. */
  static int width(String sttySize) {
    String[] numbers = sttySize.strip().split(" ", -1);
    try {
      int columns = numbers.length == 2 ? Integer.parseInt(numbers[1]) : 0;
      return columns > 0 ? columns : DEFAULT_COLUMNS;
    } catch (NumberFormatException unknown) {
      return DEFAULT_COLUMNS;
    }
  }
}
