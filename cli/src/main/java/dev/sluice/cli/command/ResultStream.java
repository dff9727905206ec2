package dev.sluice.cli.command;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.Terminal;
import dev.sluice.cli.watch.BatchWatcher;
import dev.sluice.cli.watch.ReconnectRetry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prints the results of a batch while it runs. After a lost connection it continues after the last
 * printed line.
 */
final class ResultStream {
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

  private final Terminal terminal;
  private final SluiceClient client;
  private final BatchWatcher watcher;
  private final ReconnectRetry reconnectRetry;
  private Optional<String> cursor = Optional.empty();

  ResultStream(Invocation invocation) {
    this.terminal = invocation.terminal();
    this.client = invocation.client();
    this.watcher = new BatchWatcher(invocation, client);
    this.reconnectRetry = new ReconnectRetry(terminal, terminal::message);
  }

  /**
   * Prints the results until the batch is terminal, and returns the exit code.
   *
   * @param after cursor of the last result to skip; null for none
   */
  int print(String batch, @Nullable String after) throws IOException, InterruptedException {
    cursor = Optional.ofNullable(after);
    // Fails immediately if the producer is unreachable; later requests retry for two minutes.
    BatchProgress state = client.batches().get(batch);
    while (true) {
      boolean more = printNext(batch);
      if (!more && state.hasAllResults()) {
        return (state.succeeded() ? ExitCode.SUCCESS : ExitCode.BATCH_FAILED).code();
      }
      if (!more) {
        watcher.checkNotStopped(state);
        terminal.sleeper().sleep(POLL_INTERVAL);
      }
      // The state precedes the results: those of a terminal batch are then complete.
      state = reconnectRetry.retry(() -> client.batches().get(batch));
    }
  }

  /** True if there was a result. */
  private boolean printNext(String batch) throws IOException, InterruptedException {
    Optional<String> before = cursor;
    reconnectRetry.<Boolean>retry(
        () -> {
          client.batches().results(batch, cursor, this::printLine);
          return true;
        });
    return !cursor.equals(before);
  }

  private void printLine(byte[] line) throws IOException {
    String next = JsonValues.read(line).path("sluice").path("cursor").asString("");
    terminal.out().write(line);
    terminal.out().write('\n');
    terminal.out().flush();
    cursor = Optional.of(next);
  }
}
