package dev.sluice.cli.batch;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.file.Output;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.watch.BatchEvents;
import dev.sluice.cli.watch.BatchWatcher;
import dev.sluice.cli.watch.ResultLocations;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** Writes answers to their destination and prints the summary. */
public record AnswerOutput(Invocation invocation, BatchWatcher watcher, Output output) {

  /** Writes the answers and counts them. */
  @FunctionalInterface
  public interface AnswerWriter {
    void write(OutputStream target, AnswerCounts counts) throws IOException;
  }

  /**
   * Writes the answers, unless the batch was invalid, and prints the summary; returns the exit
   * code.
   *
   * @param cutOffAdvice how to avoid answers that are cut off
   */
  public int write(Answers answers, AnswerWriter writer, String cutOffAdvice)
      throws InterruptedException {
    BatchProgress batch = answers.batch();
    AnswerCounts counts = new AnswerCounts();
    boolean written = !batch.status().equals("failed");
    if (written) {
      output.write(target -> writer.write(target, counts));
    }
    if (output.file().isPresent()) {
      new BatchEvents(invocation).finished(batch, written ? output.file() : Optional.empty());
    }
    int exitCode = watcher.printSummary(batch, ResultLocations.both(batch, output.location()));
    if (counts.cutOff() > 0) {
      invocation
          .terminal()
          .message(
              "%s cut off at the token limit. %s"
                  .formatted(
                      counts.cutOff() == 1
                          ? "1 answer was"
                          : HumanFormat.count(counts.cutOff()) + " answers were",
                      cutOffAdvice));
    }
    return counts.cutOff() + counts.failed() > 0 ? ExitCode.BATCH_FAILED.code() : exitCode;
  }
}
