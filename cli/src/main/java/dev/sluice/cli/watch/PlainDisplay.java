package dev.sluice.cli.watch;

import dev.sluice.cli.terminal.Terminal;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Prints a progress line at most every 5 s, if the progress has changed. */
final class PlainDisplay implements Display {
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(5);

  private final Terminal terminal;
  private @Nullable Instant printedAt;
  private @Nullable Progress printed;
  private @Nullable Progress latest;
  private Rate rate = Rate.UNKNOWN;

  PlainDisplay(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public synchronized void show(Progress progress, Rate newRate) {
    latest = progress;
    rate = newRate;
    Instant now = terminal.clock().instant();
    if (printedAt == null || !now.isBefore(printedAt.plus(MIN_INTERVAL))) {
      printedAt = now;
      print();
    }
  }

  @Override
  public synchronized void message(String line) {
    terminal.message(line);
  }

  @Override
  public synchronized void end() {
    print();
  }

  private void print() {
    if (latest != null && !latest.equals(printed)) {
      printed = latest;
      terminal.message(ProgressLine.plain(latest, rate));
    }
  }
}
