package dev.sluice.cli.watch;

import dev.sluice.cli.client.BatchState;

/** Where a batch's data are to be had. */
public final class Pointers {
  private Pointers() {}

  /** The command that brings the output, or the errors where there is nothing else. */
  public static String to(BatchState batch) {
    if (batch.outputFile().isPresent()) {
      return "sluice results " + batch.id();
    }
    return batch.errorFile().isPresent() ? "sluice results " + batch.id() + " --errors" : "none";
  }
}
