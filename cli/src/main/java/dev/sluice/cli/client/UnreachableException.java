package dev.sluice.cli.client;

import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;

/** The producer is currently unreachable; a retry may succeed. */
public final class UnreachableException extends CommandException {
  private static final long serialVersionUID = 1L;

  UnreachableException(String line) {
    super(ExitCode.UNREACHABLE, line);
  }
}
