package dev.sluice.cli.command;

import dev.sluice.api.access.QuotaView;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.terminal.TextTable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
              description = {
                "Name of the project. Default: the project of your API key.",
                "Other projects require the administrator's key."
              })
          @Nullable String project)
      throws InterruptedException {
    return report(invocation.client().quotas().get(project));
  }

  @Command(
      name = "set",
      description = {
        "Replace all four limits of a project.",
        "A limit that is not given returns to the producer's setting (sluice.quota.*).",
        "Requires the administrator's key (sluice.api-key)."
      })
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
    return report(
        invocation
            .client()
            .quotas()
            .set(project, new QuotaView.Limits(batches, queuedTasks, queuedBytes, storedBytes)));
  }

  private int report(ApiResponse<QuotaView> quota) {
    return invocation.print(quota.json(), () -> lines(quota.value()));
  }

  private static List<String> lines(QuotaView quota) {
    TextTable table = new TextTable("PROJECT " + quota.project(), "USED", "LIMIT");
    QuotaView.Usage used = quota.used();
    QuotaView.Limits limits = quota.limits();
    row(table, "batches", used.batches(), limits.batches());
    row(table, "queued tasks", used.queuedTasks(), limits.queuedTasks());
    row(table, "queued bytes", used.queuedBytes(), limits.queuedBytes());
    row(table, "stored bytes", used.storedBytes(), limits.storedBytes());
    return table.lines();
  }

  private static void row(TextTable table, String name, long used, @Nullable Long limit) {
    table.row(name, Long.toString(used), limit == null ? "unlimited" : limit.toString());
  }
}
