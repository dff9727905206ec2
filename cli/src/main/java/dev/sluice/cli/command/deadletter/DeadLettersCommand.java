package dev.sluice.cli.command.deadletter;

import dev.sluice.api.ListResponse;
import dev.sluice.api.deadletter.DeadLetterStats;
import dev.sluice.api.deadletter.DeadLetterView;
import dev.sluice.api.deadletter.PeekedDeadLetters;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.DeadLettersApi;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.file.Input;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
    ApiResponse<ListResponse<DeadLetterView>> page = client().list(query);
    List<DeadLetterView> found = page.value().data();
    int exitCode =
        print(
            page,
            found.isEmpty(),
            () -> DeadLetterTable.lines(found, invocation.terminal().columns()));
    if (page.value().hasMore() && !found.isEmpty() && !invocation.json()) {
      invocation.terminal().message("Next page: --after " + page.value().lastId());
    }
    return exitCode;
  }

  @Command(name = "stats", description = "Count dead letters by failure code and route.")
  int stats(@Mixin FilterOptions filterOptions) throws InterruptedException {
    ApiResponse<DeadLetterStats> stats = client().stats(filterOptions.filter());
    return print(
        stats, stats.value().groups().isEmpty(), () -> DeadLetterTable.groups(stats.value()));
  }

  private int print(ApiResponse<?> reply, boolean empty, Supplier<List<String>> lines) {
    return empty
        ? invocation.confirm(reply.json(), "No matching dead letters.")
        : invocation.print(reply.json(), lines);
  }

  @Command(
      name = "show",
      description = "Show a dead letter with its error, answer, request, calls and audit log.")
  int show(
      @Parameters(paramLabel = "DEAD_LETTER", description = "Id of the dead letter.") String id)
      throws InterruptedException {
    ApiResponse<DeadLetterView.Detail> deadLetter = client().get(id);
    return invocation.print(
        deadLetter.json(),
        () -> DeadLetterTable.detail(deadLetter.value(), invocation.terminal().columns()));
  }

  @Command(name = "replay", description = "Replay dead letters, selected by id or by options.")
  int replay(@Mixin SelectionOptions selection, @Mixin EditOptions editOptions)
      throws InterruptedException {
    ObjectNode request = request(selection.audit());
    editOptions.addTo(request);
    return applyAll("replay", "Replayed task %s.", selection, request);
  }

  @Command(name = "discard", description = "Discard dead letters, selected by id or by options.")
  int discard(@Mixin SelectionOptions selection) throws InterruptedException {
    return applyAll("discard", "Discarded task %s.", selection, request(selection.audit()));
  }

  @Command(
      name = "accept",
      description =
          "Accept answers that do not fit their schema (code invalid_output) as results, selected by id or by options.")
  int accept(@Mixin SelectionOptions selection) throws InterruptedException {
    return applyAll(
        "accept", "Accepted the answer of task %s.", selection, request(selection.audit()));
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
      request.set("request", Input.readJsonObject("--request", file, "a request"));
    }
    return report(client().apply(id, "replay", request), "Replayed task %s.");
  }

  @Command(
      name = "peek",
      description =
          "Show the messages in the dead-letter queue of a route that are not stored in PostgreSQL yet. Requires the administrator's key.")
  int peek(@Parameters(paramLabel = "ROUTE", description = "Name of the route.") String route)
      throws InterruptedException {
    ApiResponse<PeekedDeadLetters> peek = client().peek(route);
    if (!invocation.json()) {
      invocation
          .terminal()
          .message(
              "%,d dead letters in sluice.dead.%s are not stored yet."
                  .formatted(peek.value().waiting(), route));
    }
    return invocation.print(peek.json(), () -> DeadLetterTable.peeked(peek.value()));
  }

  /**
   * Applies an action to one dead letter, or in a job to many.
   *
   * @param confirmation printed for one dead letter, with its task
   */
  private int applyAll(
      String action, String confirmation, SelectionOptions selection, ObjectNode request)
      throws InterruptedException {
    selection.check();
    Optional<String> single = selection.single();
    if (single.isPresent()) {
      return report(client().apply(single.get(), action, request), confirmation);
    }
    request.put("action", action);
    selection.addTo(request);
    return new BulkJobRun(invocation).run(request);
  }

  private int report(ApiResponse<DeadLetterView.Detail> reply, String format) {
    return invocation.confirm(reply.json(), format.formatted(reply.value().deadLetter().taskId()));
  }

  private ObjectNode request(AuditOptions auditOptions) {
    ObjectNode request = JsonValues.object();
    auditOptions.addTo(request, invocation.terminal().environment());
    return request;
  }

  private DeadLettersApi client() {
    return invocation.client().deadLetters();
  }
}
