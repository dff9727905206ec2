package dev.sluice.cli.quota;

import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.layout.TextTable;
import dev.sluice.cli.terminal.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice quota}: one command to see what a project may have, one to set it. */
@Command(name = "quota", description = "How much a project may have at once, and has.")
public final class QuotaCommand {
  private final Invocation invocation;

  public QuotaCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Command(name = "show", description = "What a project may have, and has.")
  int show(
      @Parameters(
              arity = "0..1",
              paramLabel = "PROJECT",
              description =
                  "Which one (that of your key); others need the producer's own key (sluice.api-key).")
          @Nullable String project)
      throws InterruptedException {
    return tell(invocation.client().quota(project));
  }

  @Command(
      name = "set",
      description =
          "Set what a project may have; what is left out is as in the producer's settings. Needs the producer's own key (sluice.api-key).")
  int set(
      @Parameters(paramLabel = "PROJECT", description = "Whose quota it is.") String project,
      @Option(
              names = "--batches",
              paramLabel = "N",
              description = "Batches that have not come to rest; 0 for no bound.")
          @Nullable Long batches,
      @Option(
              names = "--queued-tasks",
              paramLabel = "N",
              description = "Tasks of those batches that have not ended; 0 for no bound.")
          @Nullable Long queuedTasks,
      @Option(
              names = "--queued-bytes",
              paramLabel = "BYTES",
              description = "Bytes of those batches' input files; 0 for no bound.")
          @Nullable Long queuedBytes,
      @Option(
              names = "--stored-bytes",
              paramLabel = "BYTES",
              description = "Bytes of all uploaded files; 0 for no bound.")
          @Nullable Long storedBytes) {
    ObjectNode bounds = JsonValues.object();
    bounds.put("batches", batches);
    bounds.put("queued_tasks", queuedTasks);
    bounds.put("queued_bytes", queuedBytes);
    bounds.put("stored_bytes", storedBytes);
    return tell(invocation.client().setQuota(project, bounds));
  }

  private int tell(JsonNode quota) {
    if (invocation.json()) {
      invocation.print(quota);
      return ExitCode.DONE.code();
    }
    TextTable table =
        new TextTable("PROJECT " + quota.path("project").asString(""), "HAS", "MAY HAVE");
    for (String what : new String[] {"batches", "queued_tasks", "queued_bytes", "stored_bytes"}) {
      JsonNode most = quota.path("limits").path(what);
      table.row(
          what.replace('_', ' '),
          quota.path("used").path(what).asString("0"),
          most.isNumber() ? most.asString() : "any");
    }
    table.lines().forEach(invocation.terminal().out()::println);
    return ExitCode.DONE.code();
  }
}
