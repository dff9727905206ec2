package dev.sluice.cli.client;

import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.Stop;

/** The producer does not answer now; it may answer later. */
public final class NotReached extends Stop {
  private static final long serialVersionUID = 1L;

  NotReached(String line) {
    super(ExitCode.NOT_REACHED, line);
  }
}
