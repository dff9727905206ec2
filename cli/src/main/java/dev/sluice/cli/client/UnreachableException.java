package dev.sluice.cli.client;

import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;

/** The producer does not answer now; it may answer later. */
public final class UnreachableException extends CommandException {
  private static final long serialVersionUID = 1L;

  UnreachableException(String line) {
    super(ExitCode.NOT_REACHED, line);
  }
}
