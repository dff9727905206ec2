package dev.sluice.cli.terminal;

import java.util.List;

/** A command failed for a reason that the user can fix. */
public class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final List<String> lines;

  public CommandException(ExitCode exitCode, List<String> lines) {
    super(String.join("\n", lines));
    this.exitCode = exitCode;
    this.lines = List.copyOf(lines);
  }

  public CommandException(ExitCode exitCode, String line) {
    this(exitCode, List.of(line));
  }

  public static CommandException invalidInput(String line) {
    return new CommandException(ExitCode.INVALID_INPUT, line);
  }

  public static CommandException usageError(String line) {
    return new CommandException(ExitCode.USAGE_ERROR, line);
  }

  public ExitCode exitCode() {
    return exitCode;
  }

  /** The messages for the user, one per line. */
  public List<String> lines() {
    return lines;
  }
}
