package dev.sluice.cli.watch;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.ValidationErrors;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.InterruptMessage;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/** Follows a batch until it is terminal; tolerates restarts of the producer. */
public final class BatchWatcher {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

  private final Terminal terminal;
  private final SluiceClient client;
  private final Display display;
  private final ReconnectRetry reconnectRetry;
  private final RateMeter meter = new RateMeter();

  public BatchWatcher(Invocation invocation, SluiceClient client) {
    this.terminal = invocation.terminal();
    this.client = client;
    this.display =
        terminal.size().isTerminal() ? new BarDisplay(terminal) : new PlainDisplay(terminal);
    this.reconnectRetry = new ReconnectRetry(terminal, display::message);
  }

  /**
   * Waits until the batch is terminal; shows its progress on stderr.
   *
   * @throws CommandException if the batch is paused by its stop condition; the message has the
   *     cause
   */
  public BatchProgress awaitTermination(String batch) throws InterruptedException {
    return follow(batch, (state, rate) -> {});
  }

  /**
   * Waits until the batch is terminal; also prints an event for every change.
   *
   * @throws CommandException if the batch is paused by its stop condition; the message has the
   *     cause
   */
  public BatchProgress awaitTermination(String batch, BatchEvents events)
      throws InterruptedException {
    return follow(batch, events::progress);
  }

  private BatchProgress follow(String batch, BiConsumer<BatchProgress, Rate> onPoll)
      throws InterruptedException {
    try {
      return InterruptMessage.during(
          () -> pollAndReport(batch, onPoll), () -> printInterruptMessage(batch));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private BatchProgress pollAndReport(String batch, BiConsumer<BatchProgress, Rate> onPoll)
      throws IOException, InterruptedException {
    BatchProgress terminalState;
    try {
      terminalState = pollUntilTerminal(batch, onPoll);
    } finally {
      display.end();
    }
    ValidationErrors.format(terminalState.errors()).forEach(terminal::message);
    return terminalState;
  }

  private BatchProgress pollUntilTerminal(String batch, BiConsumer<BatchProgress, Rate> onPoll)
      throws IOException, InterruptedException {
    WaitReport waitReport = new WaitReport(client);
    while (true) {
      BatchProgress state = reconnectRetry.retry(() -> client.batches().get(batch));
      Progress progress = Progress.of(state);
      Rate rate = meter.sample(terminal.clock().instant(), progress.finished());
      display.show(progress, rate);
      onPoll.accept(state, rate);
      if (state.hasAllResults()) {
        return state;
      }
      checkNotStopped(state);
      waitReport.explain(batch, rate, terminal.clock().instant()).ifPresent(display::message);
      terminal.sleeper().sleep(POLL_INTERVAL);
    }
  }

  /**
   * Checks that the batch is not paused by its stop condition.
   *
   * @throws CommandException if it is; the message has the cause
   */
  public void checkNotStopped(BatchProgress batch) throws InterruptedException {
    if (batch.stopped()) {
      throw new CommandException(
          ExitCode.BATCH_FAILED,
          List.of(
              client.batches().why(batch.id()).value().sentence(),
              "Resume it: %1$s resume %2$s · cancel it: %1$s cancel %2$s · then follow it: %1$s watch %2$s"
                  .formatted(terminal.command(), batch.id())));
    }
  }

  /** Downloads a result file; retries while the producer is unreachable. */
  public void download(String fileId, Path target) throws InterruptedException, IOException {
    reconnectRetry.<Boolean>retry(
        () -> {
          client.files().download(fileId, target);
          return true;
        });
  }

  /** Prints the summary on stderr and returns the exit code. */
  public int printSummary(BatchProgress batch, ResultLocations resultLocations) {
    if (batch.status().equals("failed")) {
      terminal.message(
          "Validation of batch %s failed: no task was run. Fix the file and submit it again."
              .formatted(batch.id()));
      return ExitCode.BATCH_FAILED.code();
    }
    terminal.message(
        SummaryLine.of(
            batch, terminal.clock().instant(), resultLocations.output(), resultLocations.errors()));
    printHowToCompleteIt(batch);
    return (batch.succeeded() ? ExitCode.SUCCESS : ExitCode.BATCH_FAILED).code();
  }

  private void printHowToCompleteIt(BatchProgress batch) {
    if (batch.failed() > 0) {
      terminal.message(
          "Send the failed requests again: %s retry %s".formatted(terminal.command(), batch.id()));
    }
    if (batch.expired() + batch.cancelled() > 0) {
      terminal.message(
          "Send all missing requests in a new batch: %s submit --missing %s"
              .formatted(terminal.command(), batch.id()));
    }
  }

  private void printInterruptMessage(String batch) {
    display.end();
    if (!terminal.ephemeral()) {
      terminal.message(
          "The batch keeps running. Follow it again: %1$s watch %2$s · download its results: %1$s results %2$s"
              .formatted(terminal.command(), batch));
    }
  }
}
