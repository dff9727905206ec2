package dev.sluice.cli.watch;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice watch}. */
@Command(name = "watch", description = "Follow a batch until it finishes.")
public final class WatchCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  public WatchCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    SluiceClient client = invocation.client();
    // Fails immediately if the producer is unreachable; later polls retry for two minutes.
    client.batches().get(batch);
    BatchWatcher watcher = new BatchWatcher(invocation, client);
    BatchEvents events = new BatchEvents(invocation);
    BatchProgress finished = watcher.awaitTermination(batch, events);
    events.finished(finished, Optional.empty());
    return watcher.printSummary(
        finished, ResultLocations.of(finished, invocation.terminal().command()));
  }
}
