package dev.sluice.cli.watch;

import dev.sluice.cli.progress.Progress;
import dev.sluice.cli.progress.ProgressLine;
import dev.sluice.cli.progress.Rate;
import dev.sluice.cli.terminal.Terminal;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One line of a terminal, drawn again in its place. */
final class BarDisplay implements Display {
  private static final String CLEAR = "\r\u001b[K";
  private static final String GREEN = "\u001b[32m";
  private static final String PLAIN = "\u001b[0m";
  private static final Duration WIDTH_HOLDS = Duration.ofSeconds(2);

  private final Terminal terminal;
  private final ProgressLine.Style style;
  private int columns = 80;
  private @Nullable Instant measured;
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
  public synchronized void say(String line) {
    terminal.err().print(CLEAR);
    terminal.say(line);
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
    terminal.err().print(CLEAR + coloured(line));
    terminal.err().flush();
  }

  private String coloured(String line) {
    int barEnds = line.indexOf(' ');
    boolean hasBar = barEnds > 0 && !Character.isLetterOrDigit(line.charAt(0));
    return hasBar && terminal.colours()
        ? GREEN + line.substring(0, barEnds) + PLAIN + line.substring(barEnds)
        : line;
  }

  /** The window may have changed its size. */
  private void measure() {
    Instant now = terminal.clock().instant();
    if (measured == null || measured.plus(WIDTH_HOLDS).isBefore(now)) {
      measured = now;
      columns = terminal.screen().columns().orElse(columns);
    }
  }
}
