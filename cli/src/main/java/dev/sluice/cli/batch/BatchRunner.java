package dev.sluice.cli.batch;

import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.output.Output;
import dev.sluice.cli.progress.HumanFormat;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.Terminal;
import dev.sluice.cli.watch.BatchEvents;
import dev.sluice.cli.watch.BatchWatcher;
import dev.sluice.cli.watch.ResultLocations;
import java.io.IOException;
import java.io.OutputStream;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/** Submits requests as batches, follows them and reports their answers. */
public final class BatchRunner {
  private static final String COMPLETION_WINDOW = "24h";

  private final Invocation invocation;
  private final SluiceClient client;
  private final BatchSettings settings;

  /**
   * Settings of the batches.
   *
   * @param name display name
   * @param filename name of the uploaded batch file
   * @param noun what a request is for, such as {@code document}
   */
  public record BatchSettings(
      Optional<String> name, BatchExtensions extensions, String filename, String noun) {}

  public BatchRunner(Invocation invocation, SluiceClient client, BatchSettings settings) {
    this.invocation = invocation;
    this.client = client;
    this.settings = settings;
  }

  /** Writes the answers and counts them. */
  @FunctionalInterface
  public interface AnswerWriter {
    void write(OutputStream target, AnswerCounts counts) throws IOException;
  }

  /** Uploads the requests and creates a batch. */
  public SubmittedBatch submit(RequestFile requests) throws IOException, InterruptedException {
    terminal()
        .message(
            "Submitting %s (%s) to %s."
                .formatted(
                    HumanFormat.count(requests.count(), noun()),
                    HumanFormat.bytes(requests.bytes()),
                    client.url()));
    SubmittedBatch submitted = request(requests).send(client, terminal());
    terminal().message("Created batch " + submitted.batch() + ".");
    return submitted;
  }

  private SubmittedBatch.SubmitRequest request(RequestFile requests) {
    return new SubmittedBatch.SubmitRequest(
        requests.path(),
        settings.filename(),
        RequestFile.ENDPOINT,
        COMPLETION_WINDOW,
        settings.name(),
        OptionalInt.empty(),
        settings.extensions());
  }

  /**
   * Runs the requests to the end: first the sample, if there is one, then the others. Returns false
   * if the others were not sent.
   *
   * @param answers receives the answers
   */
  public boolean run(RequestFile requests, SampleOptions sampleOptions, Answers answers)
      throws IOException, InterruptedException {
    Optional<BitSet> sample = sampleOptions.select(requests);
    if (sample.isEmpty()) {
      runBatch(requests, answers);
      return true;
    }
    try (RequestFile first = requests.select(sample.get())) {
      runBatch(first, answers);
    }
    BitSet others = new BitSet(requests.count());
    others.set(0, requests.count());
    others.andNot(sample.get());
    try (RequestFile second = requests.select(others)) {
      if (!sampleOptions.isAccepted(this, requests, sample.get(), answers)) {
        return false;
      }
      runBatch(second, answers);
    }
    return true;
  }

  private void runBatch(RequestFile requests, Answers answers)
      throws IOException, InterruptedException {
    String batch = submit(requests).batch();
    BatchWatcher watcher = watcher();
    answers.add(watcher.awaitTermination(batch), watcher);
  }

  /**
   * Writes the answers, unless the batch was invalid, and prints the summary; returns the exit
   * code.
   *
   * @param cutOffAdvice how to avoid answers that are cut off
   */
  public int finish(Answers answers, Output output, AnswerWriter writer, String cutOffAdvice)
      throws InterruptedException {
    BatchState batch = answers.batch();
    AnswerCounts counts = new AnswerCounts();
    boolean written = !batch.status().equals("failed");
    if (written) {
      output.write(target -> writer.write(target, counts));
    }
    if (output.file().isPresent()) {
      new BatchEvents(invocation).ended(batch, written ? output.file() : Optional.empty());
    }
    int exitCode = watcher().printSummary(batch, ResultLocations.both(batch, output.location()));
    if (counts.cutOff() > 0) {
      terminal()
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

  private BatchWatcher watcher() {
    return new BatchWatcher(invocation, client);
  }

  Terminal terminal() {
    return invocation.terminal();
  }

  /** What a request is for. */
  String noun() {
    return settings.noun();
  }

  /** The cost of a batch, as the producer returns it. */
  JsonNode cost(String batch) throws InterruptedException {
    return client.cost(batch).path("cost");
  }
}
