package dev.sluice.cli.terminal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** Asks the shell's tools, since Java knows neither what stderr is nor how wide it is. */
final class ProcessTerminalSize implements TerminalSize {
  private static final int USUAL_COLUMNS = 80;

  @Override
  public OptionalInt columns() {
    try {
      Process stty =
          new ProcessBuilder("sh", "-c", "test -t 2 && { stty size <&2 2>/dev/null || echo; }")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      stty.getOutputStream().close();
      String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return stty.waitFor() == 0 ? OptionalInt.of(width(answer)) : OptionalInt.empty();
    } catch (IOException noShell) {
      return OptionalInt.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  /** The second number of {@code 24 80}; some terminals say {@code 0 0}. */
  static int width(String sttySize) {
    String[] numbers = sttySize.strip().split(" ", -1);
    try {
      int columns = numbers.length == 2 ? Integer.parseInt(numbers[1]) : 0;
      return columns > 0 ? columns : USUAL_COLUMNS;
    } catch (NumberFormatException unknown) {
      return USUAL_COLUMNS;
    }
  }
}
