package dev.sluice.cli.watch;

import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.ValidationErrors;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.progress.Progress;
import dev.sluice.cli.progress.Rate;
import dev.sluice.cli.progress.RateMeter;
import dev.sluice.cli.progress.SummaryLine;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.InterruptMessage;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BiConsumer;

/** Follows a batch until it ends, and outlives a restart of the producer meanwhile. */
public final class BatchWatcher {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final Terminal terminal;
  private final SluiceClient client;
  private final Display display;
  private final ReconnectRetry reconnectRetry;
  private final RateMeter meter = new RateMeter();

  public BatchWatcher(Invocation invocation, SluiceClient client) {
    this.terminal = invocation.terminal();
    this.client = client;
    this.display =
        terminal.screen().isTerminal() ? new BarDisplay(terminal) : new PlainDisplay(terminal);
    this.reconnectRetry = new ReconnectRetry(terminal, display::say);
  }

  /** The batch at its end, told of on stderr. */
  public BatchState untilItEnds(String batch) throws InterruptedException {
    return follow(batch, (state, rate) -> {});
  }

  /** The batch at its end; every change is an event as well. */
  public BatchState untilItEnds(String batch, BatchEvents events) throws InterruptedException {
    return follow(batch, events::looked);
  }

  private BatchState follow(String batch, BiConsumer<BatchState, Rate> eachLook)
      throws InterruptedException {
    try {
      return InterruptMessage.during(() -> look(batch, eachLook), () -> sayFarewell(batch));
    } catch (IOException cannotHappen) {
      throw new UncheckedIOException(cannotHappen);
    }
  }

  private BatchState look(String batch, BiConsumer<BatchState, Rate> eachLook)
      throws IOException, InterruptedException {
    BatchState ended;
    try {
      ended = lookUntilItEnds(batch, eachLook);
    } finally {
      display.end();
    }
    ValidationErrors.sentences(ended.errors()).forEach(terminal::say);
    return ended;
  }

  private BatchState lookUntilItEnds(String batch, BiConsumer<BatchState, Rate> eachLook)
      throws IOException, InterruptedException {
    while (true) {
      BatchState state = reconnectRetry.insist(() -> client.batch(batch));
      Progress progress = Progress.of(state);
      Rate rate = meter.sample(terminal.clock().instant(), progress.finished());
      display.show(progress, rate);
      eachLook.accept(state, rate);
      if (state.ended()) {
        return state;
      }
      terminal.pause().of(BETWEEN_LOOKS);
    }
  }

  /** Copies a result file, as patiently. */
  public void download(String fileId, Path target) throws InterruptedException, IOException {
    reconnectRetry.<Boolean>insist(
        () -> {
          client.download(fileId, target);
          return true;
        });
  }

  /** The summing up, on stderr; with it the exit code. */
  public int close(BatchState batch, ResultLocations resultLocations) {
    if (batch.status().equals("failed")) {
      terminal.say(
          "Batch %s failed its validation: none of its tasks was run. Mend the file and send it again."
              .formatted(batch.id()));
      return ExitCode.BATCH_FAILED.code();
    }
    terminal.say(
        SummaryLine.of(
            batch, terminal.clock().instant(), resultLocations.output(), resultLocations.errors()));
    return (batch.succeeded() ? ExitCode.DONE : ExitCode.BATCH_FAILED).code();
  }

  private void sayFarewell(String batch) {
    display.end();
    if (!terminal.ephemeral()) {
      terminal.say(
          "The batch goes on. Watch it again: %s watch %s".formatted(terminal.command(), batch));
    }
  }
}
