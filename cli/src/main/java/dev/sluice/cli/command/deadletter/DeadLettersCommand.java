package dev.sluice.cli.command.deadletter;

import dev.sluice.cli.client.DeadLettersApi;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice dead-letters} and its subcommands. */
@Command(
    name = "dead-letters",
    aliases = {"dead", "dlq"},
    description = {
      "Inspect, edit, replay, discard and accept dead letters.",
      "A dead letter is a task that failed permanently, with its request and the provider's error. A replay sends the task again."
    })
public final class DeadLettersCommand {
  private final Invocation invocation;

  public DeadLettersCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Command(name = "list", description = "List dead letters, newest first.")
  int list(
      @Mixin FilterOptions filterOptions,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "20",
              description = "Maximum number of dead letters, 1-200. Default: 20.")
          int limit,
      @Option(
              names = "--after",
              paramLabel = "DEAD_LETTER",
              description = "List the dead letters after this one, for the next page.")
          @Nullable String after)
      throws InterruptedException {
    Map<String, String> query = filterOptions.filter();
    query.put("limit", Integer.toString(limit));
    if (after != null) {
      query.put("after", after);
    }
    JsonNode page = client().list(query);
    if (invocation.json()) {
      invocation.print(page);
    } else if (page.path("data").isEmpty()) {
      message("No matching dead letters.");
    } else {
      print(DeadLetterTable.lines(page.path("data"), invocation.terminal().columns()));
      if (page.path("has_more").asBoolean(false)) {
        message("Next page: --after " + page.path("last_id").asString(""));
      }
    }
    return ExitCode.SUCCESS.code();
  }

  @Command(name = "stats", description = "Count dead letters by failure code and route.")
  int stats(@Mixin FilterOptions filterOptions) throws InterruptedException {
    JsonNode stats = client().stats(filterOptions.filter());
    if (invocation.json()) {
      invocation.print(stats);
    } else if (stats.path("groups").isEmpty()) {
      message("No matching dead letters.");
    } else {
      print(DeadLetterTable.groups(stats));
    }
    return ExitCode.SUCCESS.code();
  }

  @Command(
      name = "show",
      description = "Show a dead letter with its error, answer, request, calls and audit log.")
  int show(
      @Parameters(paramLabel = "DEAD_LETTER", description = "Id of the dead letter.") String id)
      throws InterruptedException {
    JsonNode deadLetter = client().get(id);
    if (invocation.json()) {
      invocation.print(deadLetter);
    } else {
      print(DeadLetterTable.detail(deadLetter, invocation.terminal().columns()));
    }
    return ExitCode.SUCCESS.code();
  }

  @Command(name = "replay", description = "Replay dead letters, selected by id or by options.")
  int replay(
      @Parameters(
              paramLabel = "DEAD_LETTER",
              arity = "0..*",
              description = "Ids of the dead letters.")
          @Nullable List<String> ids,
      @Mixin FilterOptions filterOptions,
      @Mixin BulkOptions bulkOptions,
      @Mixin EditOptions editOptions,
      @Mixin AuditOptions auditOptions)
      throws InterruptedException {
    ObjectNode request = request(auditOptions);
    editOptions.addTo(request);
    return applyAll("replay", nullToEmpty(ids), filterOptions, bulkOptions, request);
  }

  @Command(name = "discard", description = "Discard dead letters, selected by id or by options.")
  int discard(
      @Parameters(
              paramLabel = "DEAD_LETTER",
              arity = "0..*",
              description = "Ids of the dead letters.")
          @Nullable List<String> ids,
      @Mixin FilterOptions filterOptions,
      @Mixin BulkOptions bulkOptions,
      @Mixin AuditOptions auditOptions)
      throws InterruptedException {
    return applyAll("discard", nullToEmpty(ids), filterOptions, bulkOptions, request(auditOptions));
  }

  @Command(
      name = "accept",
      description =
          "Accept answers that do not fit their schema (code invalid_output) as results, selected by id or by options.")
  int accept(
      @Parameters(
              paramLabel = "DEAD_LETTER",
              arity = "0..*",
              description = "Ids of the dead letters.")
          @Nullable List<String> ids,
      @Mixin FilterOptions filterOptions,
      @Mixin BulkOptions bulkOptions,
      @Mixin AuditOptions auditOptions)
      throws InterruptedException {
    return applyAll("accept", nullToEmpty(ids), filterOptions, bulkOptions, request(auditOptions));
  }

  @Command(name = "edit", description = "Edit the request of a dead letter and replay it.")
  int edit(
      @Parameters(paramLabel = "DEAD_LETTER", description = "Id of the dead letter.") String id,
      @Option(
              names = "--request",
              paramLabel = "FILE",
              description = "File with the new request, a JSON object.")
          @Nullable Path file,
      @Mixin EditOptions editOptions,
      @Mixin AuditOptions auditOptions) {
    if (file == null && !editOptions.any()) {
      throw CommandException.usageError(
          "Nothing to edit: set --request, --patch, --set-model or --set-route.");
    }
    ObjectNode request = request(auditOptions);
    editOptions.addTo(request);
    if (file != null) {
      request.set("request", read(file));
    }
    return report(client().apply(id, "replay", request), "Replayed task %s.");
  }

  @Command(
      name = "peek",
      description =
          "Show the messages in the dead-letter queue of a route that are not stored in PostgreSQL yet. Requires the administrator's key.")
  int peek(@Parameters(paramLabel = "ROUTE", description = "Name of the route.") String route)
      throws InterruptedException {
    JsonNode peek = client().peek(route);
    if (invocation.json()) {
      invocation.print(peek);
      return ExitCode.SUCCESS.code();
    }
    message(
        "%,d dead letters in sluice.dead.%s are not stored yet."
            .formatted(peek.path("waiting").asLong(), route));
    if (!peek.path("dead_letters").isEmpty()) {
      TextTable table = new TextTable("TASK", "NAME", "CODE", "BYTES");
      for (JsonNode deadLetter : peek.path("dead_letters")) {
        table.row(
            deadLetter.path("task_id").asString(""),
            deadLetter.path("custom_id").asString(""),
            deadLetter.path("failure_code").asString(""),
            "%,d".formatted(deadLetter.path("request_bytes").asLong()));
      }
      print(table.lines());
    }
    return ExitCode.SUCCESS.code();
  }

  /** picocli passes null for an absent parameter. */
  private static List<String> nullToEmpty(@Nullable List<String> ids) {
    return ids == null ? List.of() : ids;
  }

  private int applyAll(
      String action,
      List<String> ids,
      FilterOptions filterOptions,
      BulkOptions bulkOptions,
      ObjectNode request)
      throws InterruptedException {
    Map<String, String> filter = filterOptions.filter();
    boolean hasIds = !ids.isEmpty();
    if (hasIds == (!filter.isEmpty() || bulkOptions.all())) {
      throw CommandException.usageError(
          "Select dead letters by id, by options such as --code, or with --all.");
    }
    if (ids.size() == 1 && !bulkOptions.dryRun()) {
      return report(
          client().apply(ids.getFirst(), action, request),
          switch (action) {
            case "replay" -> "Replayed task %s.";
            case "accept" -> "Accepted the answer of task %s.";
            default -> "Discarded task %s.";
          });
    }
    request.put("action", action);
    bulkOptions.addTo(request);
    if (hasIds) {
      ArrayNode array = request.putArray("ids");
      ids.forEach(array::add);
    } else {
      ObjectNode object = request.putObject("filter");
      filter.forEach(object::put);
    }
    return new BulkJobRun(invocation).run(request);
  }

  private int report(JsonNode deadLetter, String format) {
    if (invocation.json()) {
      invocation.print(deadLetter);
    } else {
      message(format.formatted(deadLetter.path("task_id").asString("")));
    }
    return ExitCode.SUCCESS.code();
  }

  private ObjectNode request(AuditOptions auditOptions) {
    ObjectNode request = JsonValues.object();
    auditOptions.addTo(request, invocation.terminal().environment());
    return request;
  }

  private static JsonNode read(Path file) {
    try {
      return JsonValues.readObject(Files.readAllBytes(file))
          .orElseThrow(
              () ->
                  CommandException.invalidInput(
                      "--request %s is not a JSON object.".formatted(file)));
    } catch (IOException unreadable) {
      throw CommandException.invalidInput(
          "--request %s cannot be read: %s".formatted(file, unreadable.getMessage()));
    }
  }

  private DeadLettersApi client() {
    return invocation.client().deadLetters();
  }

  private void print(List<String> lines) {
    lines.forEach(invocation.terminal().out()::println);
  }

  private void message(String line) {
    invocation.terminal().message(line);
  }
}
