package dev.sluice.cli.terminal;

/** How a command ends, for the shell. */
public enum ExitCode {
  DONE(0),
  /** The batch ended with failed tasks, or failed, expired or was cancelled. */
  BATCH_FAILED(1),
  WRONG_USAGE(2),
  /** Nothing was sent. */
  BAD_INPUT(3),
  /** Sluice is not reached, or refuses the key. */
  NOT_REACHED(4),
  UNEXPECTED(5);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number that the shell sees. */
  public int code() {
    return code;
  }
}
