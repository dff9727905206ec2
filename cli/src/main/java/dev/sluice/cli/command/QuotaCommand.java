package dev.sluice.cli.command;

import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.TextTable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice quota} and its subcommands. */
@Command(name = "quota", description = "Show and set the quota of a project.")
public final class QuotaCommand {
  private final Invocation invocation;

  public QuotaCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Command(name = "show", description = "Show usage and quota of a project.")
  int show(
      @Parameters(
              arity = "0..1",
              paramLabel = "PROJECT",
              description =
                  "Name of the project. Default: the project of your API key. Other projects require the administrator's key (sluice.api-key).")
          @Nullable String project)
      throws InterruptedException {
    return report(invocation.client().quota(project));
  }

  @Command(
      name = "set",
      description =
          "Replace all four limits of a project. A limit that is not given returns to the producer's setting (sluice.quota.*). Requires the administrator's key (sluice.api-key).")
  int set(
      @Parameters(paramLabel = "PROJECT", description = "Name of the project.") String project,
      @Option(
              names = "--batches",
              paramLabel = "N",
              description = "Maximum unfinished batches; 0 for no limit.")
          @Nullable Long batches,
      @Option(
              names = "--queued-tasks",
              paramLabel = "N",
              description = "Maximum unfinished tasks; 0 for no limit.")
          @Nullable Long queuedTasks,
      @Option(
              names = "--queued-bytes",
              paramLabel = "BYTES",
              description = "Maximum bytes of input files of unfinished batches; 0 for no limit.")
          @Nullable Long queuedBytes,
      @Option(
              names = "--stored-bytes",
              paramLabel = "BYTES",
              description =
                  "Maximum bytes of uploaded files and of the inputs that batches store; 0 for no limit.")
          @Nullable Long storedBytes) {
    ObjectNode limits = JsonValues.object();
    limits.put("batches", batches);
    limits.put("queued_tasks", queuedTasks);
    limits.put("queued_bytes", queuedBytes);
    limits.put("stored_bytes", storedBytes);
    return report(invocation.client().setQuota(project, limits));
  }

  private int report(JsonNode quota) {
    if (invocation.json()) {
      invocation.print(quota);
      return ExitCode.SUCCESS.code();
    }
    TextTable table =
        new TextTable("PROJECT " + quota.path("project").asString(""), "USED", "LIMIT");
    for (String name : new String[] {"batches", "queued_tasks", "queued_bytes", "stored_bytes"}) {
      JsonNode limit = quota.path("limits").path(name);
      table.row(
          name.replace('_', ' '),
          quota.path("used").path(name).asString("0"),
          limit.isNumber() ? limit.asString() : "unlimited");
    }
    table.lines().forEach(invocation.terminal().out()::println);
    return ExitCode.SUCCESS.code();
  }
}
