package dev.sluice.cli.terminal;

/** Exit codes of the command. */
public enum ExitCode {
  SUCCESS(0),
  /** The batch finished with failed tasks, or failed, expired or was cancelled. */
  BATCH_FAILED(1),
  USAGE_ERROR(2),
  /** Nothing was sent, or the producer rejected the request. */
  INVALID_INPUT(3),
  /** The producer is unreachable or rejects the API key. */
  UNREACHABLE(4),
  UNEXPECTED_ERROR(5);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The process's exit status. */
  public int code() {
    return code;
  }
}
