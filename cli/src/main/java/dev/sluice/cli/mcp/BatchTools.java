package dev.sluice.cli.mcp;

import static dev.sluice.cli.mcp.ToolParameter.id;
import static dev.sluice.cli.mcp.ToolParameter.number;
import static dev.sluice.cli.mcp.ToolParameter.optional;

import dev.sluice.api.ListResponse;
import dev.sluice.api.batch.BatchProgress;
import dev.sluice.api.batch.BatchView;
import dev.sluice.api.route.WaitReason;
import dev.sluice.api.status.StatusView;
import dev.sluice.api.task.TaskView;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.BatchesApi;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.command.BatchReport;
import dev.sluice.cli.command.StatusReport;
import dev.sluice.cli.command.TaskReport;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import tools.jackson.databind.node.ObjectNode;

/** Tools for the status of Sluice, batches, their results and tasks. */
final class BatchTools {
  private static final int NEWEST_BATCHES = 10;
  private static final int MAX_BATCHES = 30;
  private static final int MAX_RESULTS = 200;
  private static final ToolParameter BATCH =
      id("batch", "Id of a batch, such as batch_01a2; list_batches returns the ids.");

  private final SluiceClient client;
  private final Terminal terminal;

  BatchTools(SluiceClient client, Terminal terminal) {
    this.client = client;
    this.terminal = terminal;
  }

  List<Tool> tools() {
    return List.of(
        new Tool(
            "status",
            "Status of Sluice",
            "Overview: version, broker, database, stalled background loops, the backlog of each route, and the newest batches. Call it first.",
            Tool.Effect.READ,
            List.of(),
            arguments -> status()),
        new Tool(
            "list_batches",
            "List batches",
            "The newest batches with their status and counts.",
            Tool.Effect.READ,
            List.of(number("limit", 1, MAX_BATCHES, NEWEST_BATCHES, "Maximum number of batches.")),
            arguments -> batches((int) arguments.number("limit"))),
        new Tool(
            "get_batch",
            "Get a batch",
            "The progress of one batch, its validation errors, and the reason why it waits, with an estimate of the time left.",
            Tool.Effect.READ,
            List.of(BATCH),
            arguments -> batch(arguments.text("batch"))),
        new Tool(
            "get_results",
            "Get results of a batch",
            "A page of the results of a batch in the order in which its tasks finished, successful and failed ones, also while the batch runs.",
            Tool.Effect.READ,
            List.of(
                BATCH,
                optional(
                    "after",
                    new ParameterType.Text(100),
                    "Cursor of the page before: its next_after. Without it, the first page."),
                number("limit", 1, MAX_RESULTS, 20, "Maximum number of results."),
                number(
                    "max_bytes",
                    1_000,
                    35_000,
                    20_000,
                    "Maximum size of the page in bytes; a single larger result is shortened.")),
            this::results),
        new Tool(
            "get_task",
            "Get a task",
            "One task: its state, the provider calls of all its runs, its request and its reply.",
            Tool.Effect.READ,
            List.of(id("task", "Id of a task; dead letters have it as task_id.")),
            arguments -> task(arguments.text("task"))),
        new Tool(
            "pause_batch",
            "Pause a batch",
            "Makes no further calls for a batch until resume_batch. Running calls finish. The completion window still applies.",
            Tool.Effect.CHANGE,
            List.of(BATCH),
            arguments -> change(arguments, BatchesApi::pause, "Paused %s.")),
        new Tool(
            "resume_batch",
            "Resume a batch",
            "Continues a paused batch.",
            Tool.Effect.CHANGE,
            List.of(BATCH),
            arguments -> change(arguments, BatchesApi::resume, "Resumed %s.")),
        new Tool(
            "cancel_batch",
            "Cancel a batch",
            "Cancels all tasks of a batch that have not been sent to the provider. This cannot be undone. Running calls finish.",
            Tool.Effect.DESTRUCTIVE_CHANGE,
            List.of(BATCH),
            arguments ->
                change(arguments, BatchesApi::cancel, "Cancelling %s. Running calls finish.")));
  }

  private ToolAnswer status() throws InterruptedException {
    ApiResponse<StatusView> status = client.status();
    ApiResponse<ListResponse<BatchView>> batches = client.batches().list(NEWEST_BATCHES);
    ObjectNode json = JsonValues.object().put("url", client.url());
    json.set("status", status.json());
    json.set("batches", batches.json().path("data"));
    return new ToolAnswer(
        StatusReport.lines(client.url(), status.value(), batches.value().data(), now()),
        json,
        "Call list_routes or list_batches with a smaller 'limit'.");
  }

  private ToolAnswer batches(int limit) throws InterruptedException {
    ApiResponse<ListResponse<BatchView>> batches = client.batches().list(limit);
    return new ToolAnswer(
        StatusReport.batches(batches.value().data(), now()),
        batches.json(),
        "Call it with a smaller 'limit', or get_batch for one batch.");
  }

  private ToolAnswer batch(String id) throws InterruptedException {
    ApiResponse<BatchProgress> progress = client.batches().progress(id);
    ApiResponse<WaitReason> reason = client.batches().why(id);
    List<String> lines = new ArrayList<>(BatchReport.lines(progress.value(), now()));
    lines.add("Waits for   " + reason.value().sentence());
    ObjectNode json = JsonValues.object();
    json.set("batch", progress.json());
    json.set("why", reason.json());
    return new ToolAnswer(lines, json, "All of it: %s status %s --json".formatted(command(), id));
  }

  private ToolAnswer results(ToolArguments arguments) throws IOException {
    String id = arguments.text("batch");
    Optional<String> after = arguments.find("after");
    long limit = arguments.number("limit");
    ResultPage page = new ResultPage(id, after.orElse(""), limit, arguments.number("max_bytes"));
    // One more than the limit, to know whether there is another page.
    client.batches().results(id, after, limit + 1, page);
    return page.answer();
  }

  private ToolAnswer task(String id) throws InterruptedException {
    ApiResponse<TaskView> task = client.tasks().get(id);
    return new ToolAnswer(
        TaskReport.lines(task.value(), Integer.MAX_VALUE),
        task.json(),
        "All of it: %s task %s --json".formatted(command(), id));
  }

  private ToolAnswer change(
      ToolArguments arguments,
      BiFunction<BatchesApi, String, ApiResponse<?>> action,
      String confirmation) {
    String id = arguments.text("batch");
    ApiResponse<?> reply = action.apply(client.batches(), id);
    return ToolAnswer.of(confirmation.formatted(id), reply.json(), "Call get_batch.");
  }

  private Instant now() {
    return terminal.clock().instant();
  }

  private String command() {
    return terminal.command();
  }
}
