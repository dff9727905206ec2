package dev.sluice.cli.mcp;

import static dev.sluice.cli.mcp.ToolParameter.flag;
import static dev.sluice.cli.mcp.ToolParameter.id;
import static dev.sluice.cli.mcp.ToolParameter.number;
import static dev.sluice.cli.mcp.ToolParameter.optional;
import static dev.sluice.cli.mcp.ToolParameter.required;

import dev.sluice.api.ListResponse;
import dev.sluice.api.deadletter.BulkJobView;
import dev.sluice.api.deadletter.DeadLetterStats;
import dev.sluice.api.deadletter.DeadLetterView;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.DeadLettersApi;
import dev.sluice.cli.command.deadletter.BulkJobReport;
import dev.sluice.cli.command.deadletter.DeadLetterTable;
import dev.sluice.cli.command.deadletter.TimeBound;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Tools for dead letters: tasks that failed permanently. */
final class DeadLetterTools {
  private static final int COLUMNS = 200;
  private static final int MAX_DEAD_LETTERS = 50;
  private static final String IDS = "dead_letters";
  private static final String DRY_RUN = "dry_run";
  private static final ParameterType WORD = new ParameterType.Text(200);
  private static final List<ToolParameter> FILTERS =
      List.of(
          optional("code", WORD, "Failure code, such as invalid_request."),
          optional("text", WORD, "Text in the error, case-insensitive."),
          optional("route", WORD, "Name of the route."),
          optional("model", WORD, "Name of the model."),
          optional("batch", WORD, "Id of the batch."),
          optional("custom_id", WORD, "custom_id of the request."),
          optional("task", WORD, "Id of the task."),
          optional("project", WORD, "Name of the project. Requires the administrator's key."),
          optional(
              "state",
              new ParameterType.Choice(List.of("open", "replayed", "discarded", "accepted")),
              "State. Default: open."),
          optional(
              "since",
              WORD,
              "Only those at or after this time: ISO 8601 such as 2026-01-31T12:00:00Z, or an age such as 30m, 2h, 3d."),
          optional("until", WORD, "Only those before this time, in the format of 'since'."));
  private static final List<String> TIMES = List.of("since", "until");

  private final DeadLettersApi client;
  private final Terminal terminal;

  DeadLetterTools(DeadLettersApi client, Terminal terminal) {
    this.client = client;
    this.terminal = terminal;
  }

  List<Tool> tools() {
    return List.of(
        new Tool(
            "list_dead_letters",
            "List dead letters",
            "Tasks that failed permanently, the newest first, each with the first line of its error. Call count_dead_letters first if there may be many.",
            Tool.Effect.READ,
            with(
                FILTERS,
                number("limit", 1, MAX_DEAD_LETTERS, 20, "Maximum number of dead letters."),
                optional("after", WORD, "The last_id of the page before, for the next page.")),
            this::list),
        new Tool(
            "count_dead_letters",
            "Count dead letters",
            "Counts dead letters by failure code and route, with the times of the first and the last.",
            Tool.Effect.READ,
            FILTERS,
            this::count),
        new Tool(
            "get_dead_letter",
            "Get a dead letter",
            "One dead letter with the provider's error, its calls, the audit log, an answer that does not fit its schema, and the request.",
            Tool.Effect.READ,
            List.of(id("dead_letter", "Id of a dead letter; list_dead_letters returns the ids.")),
            arguments -> get(arguments.text("dead_letter"))),
        new Tool(
            "get_dead_letter_job",
            "Get a bulk job",
            "The state of a bulk job that replays or discards dead letters.",
            Tool.Effect.READ,
            List.of(id("job", "Id of the job, as replay_dead_letters returns it.")),
            arguments -> answer(client.job(arguments.text("job")))),
        new Tool(
            "replay_dead_letters",
            "Replay dead letters",
            "Sends the requests of dead letters again, as the next runs of their tasks, in a bulk job. The calls are billed. Without dry_run=false it only counts the matches.",
            Tool.Effect.DESTRUCTIVE_CHANGE,
            changeParameters(),
            arguments -> change("replay", arguments)),
        new Tool(
            "discard_dead_letters",
            "Discard dead letters",
            "Marks dead letters as discarded, in a bulk job; with state=replayed it cancels their replays. Without dry_run=false it only counts the matches.",
            Tool.Effect.DESTRUCTIVE_CHANGE,
            changeParameters(),
            arguments -> change("discard", arguments)));
  }

  private static List<ToolParameter> changeParameters() {
    return with(
        FILTERS,
        optional(
            IDS,
            new ParameterType.Texts(new ParameterType.Text(200), 200),
            "Ids of dead letters, instead of a filter."),
        required("reason", new ParameterType.Text(500), "Why; it is recorded in the audit log."),
        flag(DRY_RUN, true, "Only count the matches. Set it to false to make the change."),
        number("limit", 1, 1_000_000, 1_000, "Maximum number of dead letters, the oldest first."),
        number("per_second", 1, 200, 20, "Maximum dead letters per second."));
  }

  private static List<ToolParameter> with(List<ToolParameter> first, ToolParameter... others) {
    List<ToolParameter> all = new ArrayList<>(first);
    all.addAll(List.of(others));
    return List.copyOf(all);
  }

  private ToolAnswer list(ToolArguments arguments) throws InterruptedException {
    Map<String, String> query = filter(arguments);
    query.put("limit", Long.toString(arguments.number("limit")));
    arguments.find("after").ifPresent(after -> query.put("after", after));
    ApiResponse<ListResponse<DeadLetterView>> page = client.list(query);
    List<DeadLetterView> found = page.value().data();
    List<String> lines = new ArrayList<>();
    lines.addAll(
        found.isEmpty()
            ? List.of("No matching dead letters.")
            : DeadLetterTable.lines(found, COLUMNS));
    if (page.value().hasMore()) {
      lines.add("Next page: 'after' = \"%s\".".formatted(page.value().lastId()));
    }
    return new ToolAnswer(lines, page.json(), "Call it with a smaller 'limit', or with a filter.");
  }

  private ToolAnswer count(ToolArguments arguments) throws InterruptedException {
    ApiResponse<DeadLetterStats> stats = client.stats(filter(arguments));
    return new ToolAnswer(
        stats.value().groups().isEmpty()
            ? List.of("No matching dead letters.")
            : DeadLetterTable.groups(stats.value()),
        stats.json(),
        "Call it with a filter.");
  }

  private ToolAnswer get(String id) throws InterruptedException {
    ApiResponse<DeadLetterView.Detail> deadLetter = client.get(id);
    return new ToolAnswer(
        DeadLetterTable.detail(deadLetter.value(), Integer.MAX_VALUE),
        deadLetter.json(),
        "All of it: %s dead-letters show %s --json".formatted(terminal.command(), id));
  }

  private ToolAnswer change(String action, ToolArguments arguments) {
    Map<String, String> filter = filter(arguments);
    if (arguments.has(IDS) != filter.isEmpty()) {
      throw CommandException.usageError(
          "Select dead letters either with '%s' or with filters such as 'code' or 'batch'."
              .formatted(IDS));
    }
    ObjectNode request =
        JsonValues.object()
            .put("action", action)
            .put("reason", arguments.text("reason"))
            .put("operator", operator())
            .put(DRY_RUN, arguments.flag(DRY_RUN))
            .put("limit", arguments.number("limit"))
            .put("per_second", arguments.number("per_second"));
    if (arguments.has(IDS)) {
      request.set("ids", arguments.json(IDS));
    } else {
      ObjectNode object = request.putObject("filter");
      filter.forEach(object::put);
    }
    return answer(client.createJob(request));
  }

  /** The audit log shows that an assistant acted for the user. */
  private String operator() {
    return (terminal.environment().getOrDefault("USER", "") + " via sluice mcp").strip();
  }

  private static ToolAnswer answer(ApiResponse<BulkJobView> reply) {
    BulkJobView job = reply.value();
    String line = BulkJobReport.line(job);
    String next =
        switch (job.state()) {
          case "dry_run" -> " To make the change, call it again with dry_run=false.";
          case "running" -> " Follow it: get_dead_letter_job with job=%s.".formatted(job.id());
          default -> "";
        };
    return ToolAnswer.of(line + next, reply.json(), "Call get_dead_letter_job.");
  }

  private Map<String, String> filter(ToolArguments arguments) {
    Map<String, String> filter = new LinkedHashMap<>();
    for (ToolParameter parameter : FILTERS) {
      String name = parameter.name();
      arguments.find(name).ifPresent(value -> filter.put(name, inApi(name, value)));
    }
    return filter;
  }

  private String inApi(String name, String value) {
    return TIMES.contains(name)
        ? TimeBound.unixSeconds("'" + name + "'", value, terminal.clock().instant())
        : value;
  }
}
