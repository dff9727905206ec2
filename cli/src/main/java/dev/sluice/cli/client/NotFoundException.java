package dev.sluice.cli.client;

import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;

/** The producer does not have the requested resource. */
public final class NotFoundException extends CommandException {
  private static final long serialVersionUID = 1L;

  NotFoundException(String line) {
    super(ExitCode.INVALID_INPUT, line);
  }
}
