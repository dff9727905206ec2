package dev.sluice.cli.deadletter;

import dev.sluice.cli.client.DeadLettersApi;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.layout.TextTable;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

/** {@code sluice dead}: one command for each thing that is done with dead letters. */
@Command(
    name = "dead",
    description = "The dead-letter desk: what failed for good, and what becomes of it.")
public final class DeadLettersCommand {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final Invocation invocation;

  public DeadLettersCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Command(name = "list", description = "The newest letters first.")
  int list(
      @Mixin FilterOptions filterOptions,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "20",
              description = "How many, at most 200 (20).")
          int limit,
      @Option(names = "--after", paramLabel = "LETTER", description = "Those behind this one.")
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
      say("No such letters.");
    } else {
      print(DeadLetterTable.lines(page.path("data"), invocation.terminal().columns()));
      if (page.path("has_more").asBoolean(false)) {
        say("There are more: --after " + page.path("last_id").asString(""));
      }
    }
    return ExitCode.DONE.code();
  }

  @Command(name = "stats", description = "What died of what, how often, since when.")
  int stats(@Mixin FilterOptions filterOptions) throws InterruptedException {
    JsonNode stats = client().stats(filterOptions.filter());
    if (invocation.json()) {
      invocation.print(stats);
    } else if (stats.path("groups").isEmpty()) {
      say("No such letters.");
    } else {
      print(DeadLetterTable.groups(stats));
    }
    return ExitCode.DONE.code();
  }

  @Command(name = "show", description = "A letter with its error, its request and its history.")
  int show(@Parameters(paramLabel = "LETTER", description = "Its id.") String id)
      throws InterruptedException {
    JsonNode letter = client().letter(id);
    if (invocation.json()) {
      invocation.print(letter);
    } else {
      print(DeadLetterTable.whole(letter, invocation.terminal().columns()));
    }
    return ExitCode.DONE.code();
  }

  @Command(
      name = "replay",
      description = "Send letters again: those that are named, or all that the options match.")
  int replay(
      @Parameters(paramLabel = "LETTER", arity = "0..*", description = "Their ids.")
          @Nullable List<String> letters,
      @Mixin FilterOptions filterOptions,
      @Mixin BulkOptions bulkOptions,
      @Mixin EditOptions editOptions,
      @Mixin AuditOptions auditOptions)
      throws InterruptedException {
    ObjectNode request = request(auditOptions);
    editOptions.addTo(request);
    return actOnMany("replay", named(letters), filterOptions, bulkOptions, request);
  }

  @Command(name = "discard", description = "Put letters away: nothing more is done about them.")
  int discard(
      @Parameters(paramLabel = "LETTER", arity = "0..*", description = "Their ids.")
          @Nullable List<String> letters,
      @Mixin FilterOptions filterOptions,
      @Mixin BulkOptions bulkOptions,
      @Mixin AuditOptions auditOptions)
      throws InterruptedException {
    return actOnMany("discard", named(letters), filterOptions, bulkOptions, request(auditOptions));
  }

  @Command(name = "edit", description = "Change a letter's request, and send it again.")
  int edit(
      @Parameters(paramLabel = "LETTER", description = "Its id.") String id,
      @Option(
              names = "--request",
              paramLabel = "FILE",
              description = "Another request, as a JSON object.")
          @Nullable Path file,
      @Mixin EditOptions editOptions,
      @Mixin AuditOptions auditOptions) {
    if (file == null && !editOptions.any()) {
      throw CommandException.wrongUsage(
          "Say what to change: --request, --patch, --set-model or --set-route.");
    }
    ObjectNode request = request(auditOptions);
    editOptions.addTo(request);
    if (file != null) {
      request.set("request", read(file));
    }
    return tell(client().act(id, "replay", request), "%s is on its way again.");
  }

  @Command(
      name = "peek",
      description =
          "What waits in the broker and is not taken in yet; with the producer's own key.")
  int peek(@Parameters(paramLabel = "ROUTE", description = "The route.") String route)
      throws InterruptedException {
    JsonNode seen = client().peek(route);
    if (invocation.json()) {
      invocation.print(seen);
      return ExitCode.DONE.code();
    }
    say("%,d wait in sluice.dead.%s.".formatted(seen.path("waiting").asLong(), route));
    if (!seen.path("letters").isEmpty()) {
      TextTable table = new TextTable("TASK", "NAME", "CODE", "BYTES");
      for (JsonNode letter : seen.path("letters")) {
        table.row(
            letter.path("task_id").asString(""),
            letter.path("custom_id").asString(""),
            letter.path("failure_code").asString(""),
            "%,d".formatted(letter.path("request_bytes").asLong()));
      }
      print(table.lines());
    }
    return ExitCode.DONE.code();
  }

  /** The library gives null where none was named. */
  private static List<String> named(@Nullable List<String> letters) {
    return letters == null ? List.of() : letters;
  }

  private int actOnMany(
      String act,
      List<String> ids,
      FilterOptions filterOptions,
      BulkOptions bulkOptions,
      ObjectNode request)
      throws InterruptedException {
    Map<String, String> filter = filterOptions.filter();
    boolean named = !ids.isEmpty();
    if (named == (!filter.isEmpty() || bulkOptions.all())) {
      throw CommandException.wrongUsage(
          "Say which: letters by their ids, or all that options such as --code match, or --all.");
    }
    if (ids.size() == 1 && !bulkOptions.dryRun()) {
      return tell(
          client().act(ids.getFirst(), act, request),
          act.equals("replay") ? "%s is on its way again." : "%s is put away.");
    }
    request.put("act", act);
    bulkOptions.addTo(request);
    if (named) {
      ArrayNode array = request.putArray("ids");
      ids.forEach(array::add);
    } else {
      ObjectNode object = request.putObject("filter");
      filter.forEach(object::put);
    }
    return follow(client().createJob(request));
  }

  private int follow(JsonNode made) throws InterruptedException {
    JsonNode job = made;
    String state = job.path("state").asString("");
    if (!state.equals("dry_run") && !invocation.json()) {
      say(
          "%,d match, %,d at most, %d a second. Ctrl-C leaves the job running: %s"
              .formatted(
                  job.path("matched").asLong(),
                  job.path("most").asLong(),
                  job.path("per_second").asInt(),
                  job.path("id").asString("")));
    }
    while (state.equals("running")) {
      invocation.terminal().pause().of(BETWEEN_LOOKS);
      job = client().job(made.path("id").asString(""));
      state = job.path("state").asString("");
    }
    if (invocation.json()) {
      invocation.print(job);
    } else if (state.equals("dry_run")) {
      say(
          "%,d match, %,d at most: nothing was done."
              .formatted(job.path("matched").asLong(), job.path("most").asLong()));
    } else {
      String refusal = job.path("last_refusal").asString("");
      say(
          "%s: %,d done, %,d refused%s"
              .formatted(
                  state,
                  job.path("done").asLong(),
                  job.path("refused").asLong(),
                  refusal.isEmpty() ? "." : ", the last one because: " + refusal));
    }
    return job.path("refused").asLong() > 0 ? ExitCode.BATCH_FAILED.code() : ExitCode.DONE.code();
  }

  private int tell(JsonNode letter, String sentence) {
    if (invocation.json()) {
      invocation.print(letter);
    } else {
      say(sentence.formatted(letter.path("task_id").asString("")));
    }
    return ExitCode.DONE.code();
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
              () -> CommandException.badInput("--request %s is no JSON object.".formatted(file)));
    } catch (IOException unreadable) {
      throw CommandException.badInput(
          "--request %s cannot be read: %s".formatted(file, unreadable.getMessage()));
    }
  }

  private DeadLettersApi client() {
    return invocation.client().dead();
  }

  private void print(List<String> lines) {
    lines.forEach(invocation.terminal().out()::println);
  }

  private void say(String sentence) {
    invocation.terminal().say(sentence);
  }
}
