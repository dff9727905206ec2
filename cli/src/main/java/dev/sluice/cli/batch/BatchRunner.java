package dev.sluice.cli.batch;

import dev.sluice.api.batch.BatchCost;
import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.BatchRequest;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SubmittedBatch;
import dev.sluice.cli.file.Output;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.Terminal;
import dev.sluice.cli.watch.BatchWatcher;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;

/** Runs requests as batches, or continues the batches of an earlier run of the same command. */
public final class BatchRunner {
  private static final String COMPLETION_WINDOW = "24h";

  private final Invocation invocation;
  private final BatchSubmitter submitter;
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

  public BatchRunner(Invocation invocation, BatchSubmitter submitter, BatchSettings settings) {
    this.invocation = invocation;
    this.submitter = submitter;
    this.settings = settings;
  }

  /** Submits the requests. */
  public SubmittedBatch submit(RequestFile requests) throws IOException, InterruptedException {
    return submitter.submit(
        request(requests),
        "Submitting %s (%s) to %s."
            .formatted(
                HumanFormat.count(requests.count(), noun()),
                HumanFormat.bytes(requests.bytes()),
                submitter.client().url()));
  }

  /** Whether an earlier run has submitted the requests. */
  boolean isSubmitted(RequestFile requests) throws IOException, InterruptedException {
    return submitter.wouldContinue(request(requests));
  }

  private BatchRequest request(RequestFile requests) {
    return new BatchRequest(
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
      if (!sampleOptions.isAccepted(this, requests, sample.get(), second, answers)) {
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

  /** Writes the answers and prints the summary; returns the exit code. */
  public int finish(
      Answers answers, Output output, AnswerOutput.AnswerWriter writer, String cutOffAdvice)
      throws InterruptedException {
    return new AnswerOutput(invocation, watcher(), output).write(answers, writer, cutOffAdvice);
  }

  private BatchWatcher watcher() {
    return new BatchWatcher(invocation, submitter.client());
  }

  Terminal terminal() {
    return invocation.terminal();
  }

  /** What a request is for. */
  String noun() {
    return settings.noun();
  }

  /** The cost of a batch. */
  BatchCost cost(String batch) throws InterruptedException {
    return submitter.client().batches().cost(batch).cost();
  }
}
