package dev.sluice.cli.watch;

import dev.sluice.cli.progress.Progress;
import dev.sluice.cli.progress.ProgressLine;
import dev.sluice.cli.progress.Rate;
import dev.sluice.cli.terminal.Terminal;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A line every few seconds, where something has changed. */
final class PlainDisplay implements Display {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

  private final Terminal terminal;
  private @Nullable Instant lastLine;
  private @Nullable Progress told;
  private @Nullable Progress latest;
  private Rate rate = Rate.UNKNOWN;

  PlainDisplay(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public synchronized void show(Progress progress, Rate newPace) {
    latest = progress;
    rate = newPace;
    Instant now = terminal.clock().instant();
    if (lastLine == null || !now.isBefore(lastLine.plus(BETWEEN_LINES))) {
      lastLine = now;
      tell();
    }
  }

  @Override
  public synchronized void say(String line) {
    terminal.say(line);
  }

  @Override
  public synchronized void end() {
    tell();
  }

  private void tell() {
    if (latest != null && !latest.equals(told)) {
      told = latest;
      terminal.say(ProgressLine.plain(latest, rate));
    }
  }
}
