package dev.sluice.cli.command;

import dev.sluice.api.ListResponse;
import dev.sluice.api.batch.BatchProgress;
import dev.sluice.api.batch.BatchView;
import dev.sluice.api.status.StatusView;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.json.JsonValues;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice status}. */
@Command(name = "status", description = "Show the status of Sluice, or of one batch.")
public final class StatusCommand implements Callable<Integer> {
  private static final int MAX_BATCHES = 10;

  private final Invocation invocation;

  @Parameters(
      paramLabel = "BATCH",
      arity = "0..1",
      description = "Id of a batch. Default: an overview.")
  private @Nullable String batch;

  public StatusCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    SluiceClient client = invocation.client();
    if (batch == null) {
      return overview(client);
    }
    ApiResponse<BatchProgress> progress = client.batches().progress(batch);
    return invocation.print(progress.json(), () -> BatchReport.lines(progress.value(), now()));
  }

  private int overview(SluiceClient client) throws InterruptedException {
    ApiResponse<StatusView> status = client.status();
    ApiResponse<ListResponse<BatchView>> batches = client.batches().list(MAX_BATCHES);
    ObjectNode json = JsonValues.object().put("url", client.url());
    json.set("status", status.json());
    json.set("batches", batches.json().path("data"));
    return invocation.print(
        json,
        () -> StatusReport.lines(client.url(), status.value(), batches.value().data(), now()));
  }

  private Instant now() {
    return invocation.terminal().clock().instant();
  }
}
