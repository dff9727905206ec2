package dev.sluice.cli.terminal;

import java.util.List;

/** A command cannot go on, for a reason that its user can mend: the lines say which. */
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

  public static CommandException badInput(String line) {
    return new CommandException(ExitCode.BAD_INPUT, line);
  }

  public static CommandException wrongUsage(String line) {
    return new CommandException(ExitCode.WRONG_USAGE, line);
  }

  public ExitCode exitCode() {
    return exitCode;
  }

  /** What to tell the user, a sentence a line. */
  public List<String> lines() {
    return lines;
  }
}
