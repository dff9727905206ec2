package dev.sluice.cli.summarize;

import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.output.Output;
import dev.sluice.cli.submit.BatchInput;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.watch.BatchWatcher;
import dev.sluice.cli.watch.ResultLocations;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the results of a finished batch as {@code summarize} does, in the order of its input. */
public final class SummaryDownload {
  private final Invocation invocation;
  private final SummaryFile summaryFile;

  /**
   * @throws CommandException if the output file has no extension of a format
   */
  public SummaryDownload(Invocation invocation, Output output) {
    this.invocation = invocation;
    this.summaryFile = new SummaryFile(output, Format.of(output.file()));
  }

  /**
   * Writes the summaries and returns the exit code.
   *
   * @param out location of the output, for the message; null for stdout
   * @throws CommandException if the batch has no tasks, or its input file was deleted
   */
  public int write(BatchState batch, @Nullable String out)
      throws IOException, InterruptedException {
    SluiceClient client = invocation.client();
    BatchWatcher watcher = new BatchWatcher(invocation, client);
    String location = out == null || out.equals("-") ? "stdout" : out;
    if (batch.status().equals("failed")) {
      return watcher.printSummary(batch, ResultLocations.both(batch, location));
    }
    List<String> documents = new ArrayList<>();
    BatchInput.read(client, batch.id(), (customId, line) -> documents.add(customId));
    try (Summaries summaries = Summaries.of(batch, watcher)) {
      SummaryCounts counts = summaryFile.write(List.of(summaries), documents);
      int exitCode = watcher.printSummary(batch, ResultLocations.both(batch, location));
      return counts.cutOff() + counts.failed() > 0 ? ExitCode.BATCH_FAILED.code() : exitCode;
    }
  }
}
