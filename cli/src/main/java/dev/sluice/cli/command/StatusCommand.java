package dev.sluice.cli.command;

import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.ExitCode;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
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
      overview(client);
    } else {
      BatchState state = client.batch(batch);
      print(state.json(), () -> BatchReport.lines(state, now()));
    }
    return ExitCode.SUCCESS.code();
  }

  private void overview(SluiceClient client) throws InterruptedException {
    JsonNode status = client.status();
    JsonNode batches = client.batches(MAX_BATCHES).path("data");
    ObjectNode json = JsonValues.object().put("url", client.url());
    json.set("status", status);
    json.set("batches", batches);
    print(json, () -> Overview.lines(client.url(), status, batches, now()));
  }

  private void print(JsonNode json, Supplier<List<String>> lines) {
    if (invocation.json()) {
      invocation.print(json);
    } else {
      lines.get().forEach(invocation.terminal().out()::println);
    }
  }

  private Instant now() {
    return invocation.terminal().clock().instant();
  }
}
