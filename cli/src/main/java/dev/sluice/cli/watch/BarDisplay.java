package dev.sluice.cli.watch;

import dev.sluice.cli.terminal.Terminal;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Progress bar that is redrawn on one line of the terminal. */
final class BarDisplay implements Display {
  private static final String CLEAR = "\r\u001b[K";
  private static final String GREEN = "\u001b[32m";
  private static final String RESET = "\u001b[0m";
  private static final Duration WIDTH_REFRESH_INTERVAL = Duration.ofSeconds(2);

  private final Terminal terminal;
  private final ProgressLine.Style style;
  private int columns = 80;
  private @Nullable Instant measuredAt;
  private String shown = "";

  BarDisplay(Terminal terminal) {
    this.terminal = terminal;
    this.style = terminal.unicode() ? ProgressLine.Style.UNICODE : ProgressLine.Style.ASCII;
  }

  @Override
  public synchronized void show(Progress progress, Rate rate) {
    measure();
    draw(ProgressLine.bar(progress, rate, columns, style));
  }

  @Override
  public synchronized void message(String line) {
    terminal.err().print(CLEAR);
    terminal.message(line);
    if (!shown.isEmpty()) {
      draw(shown);
    }
  }

  @Override
  public synchronized void end() {
    if (!shown.isEmpty()) {
      terminal.err().println();
      shown = "";
    }
  }

  private void draw(String line) {
    shown = line;
    terminal.err().print(CLEAR + colored(line));
    terminal.err().flush();
  }

  private String colored(String line) {
    int barEnds = line.indexOf(' ');
    boolean hasBar = barEnds > 0 && !Character.isLetterOrDigit(line.charAt(0));
    return hasBar && terminal.colors()
        ? GREEN + line.substring(0, barEnds) + RESET + line.substring(barEnds)
        : line;
  }

  /** The user may resize the terminal. */
  private void measure() {
    Instant now = terminal.clock().instant();
    if (measuredAt == null || measuredAt.plus(WIDTH_REFRESH_INTERVAL).isBefore(now)) {
      measuredAt = now;
      columns = terminal.size().columns().orElse(columns);
    }
  }
}
