package dev.sluice.cli.command;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.cli.batch.BatchInput;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.file.TemporaryFile;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.Terminal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Selects the requests of a finished batch that have no result: they failed, expired or were
 * cancelled.
 */
record MissingRequests(SluiceClient client, Terminal terminal) {

  /**
   * Writes the lines of the batch's input file that have no result, unchanged and in their order.
   *
   * @throws CommandException if there are none, or none yet
   */
  void write(String batch, Path target) throws IOException, InterruptedException {
    Set<String> missing = missing(batch);
    addDependencies(batch, missing);
    long[] written = {0};
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), 1 << 16)) {
      BatchInput.read(
          client,
          batch,
          (customId, line) -> {
            if (missing.contains(customId)) {
              out.write(line);
              out.write('\n');
              written[0]++;
            }
          });
    }
    if (written[0] == 0) {
      throw CommandException.invalidInput(
          "Only parts of documents of batch %s are missing, and their documents have a result without them. Send them again: %s retry %s"
              .formatted(batch, terminal.command(), batch));
    }
  }

  /** Adds the requests that the missing ones are made from: their answers are in no other batch. */
  private void addDependencies(String batch, Set<String> missing)
      throws IOException, InterruptedException {
    int before;
    do {
      before = missing.size();
      BatchInput.read(
          client,
          batch,
          (customId, line) -> {
            if (missing.contains(customId)) {
              JsonValues.read(line)
                  .path("sluice")
                  .path("depends_on")
                  .forEach(id -> missing.add(id.asString("")));
            }
          });
    } while (missing.size() > before);
  }

  private Set<String> missing(String batch) throws IOException, InterruptedException {
    BatchProgress state = client.batches().get(batch);
    if (state.status().equals("failed")) {
      throw CommandException.invalidInput(
          "Validation of batch %s failed, so it has no tasks. Fix its file and submit it again."
              .formatted(batch));
    }
    if (!state.hasAllResults()) {
      throw CommandException.invalidInput(
          "Batch %s is %s: its missing requests are known when it has finished. Follow it: %s watch %s"
              .formatted(batch, state.status(), terminal.command(), batch));
    }
    String errorFile = state.errorFileId();
    if (errorFile == null) {
      throw CommandException.invalidInput(
          "Batch %s has no missing requests: all of them completed. Nothing was sent."
              .formatted(batch));
    }
    Set<String> missing = new HashSet<>();
    try (TemporaryFile errors = new TemporaryFile()) {
      client.files().download(errorFile, errors.path());
      BatchInput.lines(errors.path(), (customId, line) -> missing.add(customId));
    }
    return missing;
  }
}
