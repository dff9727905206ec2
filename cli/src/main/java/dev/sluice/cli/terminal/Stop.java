package dev.sluice.cli.terminal;

import java.util.List;

/** A command cannot go on, for a reason that its user can mend: the lines say which. */
public class Stop extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final List<String> lines;

  public Stop(ExitCode exitCode, List<String> lines) {
    super(String.join("\n", lines));
    this.exitCode = exitCode;
    this.lines = List.copyOf(lines);
  }

  public Stop(ExitCode exitCode, String line) {
    this(exitCode, List.of(line));
  }

  public static Stop badInput(String line) {
    return new Stop(ExitCode.BAD_INPUT, line);
  }

  public static Stop wrongUsage(String line) {
    return new Stop(ExitCode.WRONG_USAGE, line);
  }

  public ExitCode exitCode() {
    return exitCode;
  }

  /** What to tell the user, a sentence a line. */
  public List<String> lines() {
    return lines;
  }
}
