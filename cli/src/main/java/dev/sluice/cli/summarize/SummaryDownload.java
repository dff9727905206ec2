package dev.sluice.cli.summarize;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.cli.batch.AnswerOutput;
import dev.sluice.cli.batch.Answers;
import dev.sluice.cli.batch.BatchInput;
import dev.sluice.cli.batch.RequestOrder;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.file.Output;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.watch.BatchWatcher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Writes the results of a finished batch as {@code summarize} does, in the order of its input. */
public final class SummaryDownload {
  private static final String CUT_OFF_ADVICE =
      "Send these requests with a higher token limit in a new batch.";

  private final Invocation invocation;
  private final Output output;
  private final Format format;

  /**
   * Selects the format by the extension of the output file.
   *
   * @throws CommandException if the extension is not that of a format
   */
  public SummaryDownload(Invocation invocation, Output output) {
    this.invocation = invocation;
    this.output = output;
    this.format = Format.of(output.file());
  }

  /**
   * Writes the summaries and returns the exit code.
   *
   * @throws CommandException if the input file of the batch was deleted
   */
  public int write(BatchProgress batch) throws IOException, InterruptedException {
    SluiceClient client = invocation.client();
    BatchWatcher watcher = new BatchWatcher(invocation, client);
    List<String> documents = documents(client, batch);
    try (Answers answers = new Answers(documents.size(), RequestOrder.of(documents))) {
      answers.add(batch, watcher);
      return new AnswerOutput(invocation, watcher, output)
          .write(answers, new SummaryFile(format, documents, answers)::write, CUT_OFF_ADVICE);
    }
  }

  /**
   * The names of the documents, without their sections; none if the validation of the batch failed.
   */
  private static List<String> documents(SluiceClient client, BatchProgress batch)
      throws IOException, InterruptedException {
    List<String> documents = new ArrayList<>();
    Set<String> sections = new HashSet<>();
    if (!batch.status().equals("failed")) {
      BatchInput.read(
          client,
          batch.id(),
          (customId, line) -> {
            documents.add(customId);
            JsonValues.read(line)
                .path("sluice")
                .path("depends_on")
                .valueStream()
                .map(id -> id.asString(""))
                .filter(id -> SectionedDocument.isSection(id, customId))
                .forEach(sections::add);
          });
    }
    documents.removeAll(sections);
    return documents;
  }
}
