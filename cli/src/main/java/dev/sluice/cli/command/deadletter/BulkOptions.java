package dev.sluice.cli.command.deadletter;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Options of bulk jobs. */
final class BulkOptions {
  @Option(
      names = "--all",
      description =
          "Select all dead letters in the state of --state (default: open), oldest first, at most --limit. With other options, only those that match.")
  private boolean all;

  @Option(names = "--dry-run", description = "Count the matches without changing them.")
  private boolean dryRun;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Maximum number of dead letters. Default: 1000.")
  private @Nullable Integer limit;

  @Option(
      names = "--per-second",
      paramLabel = "N",
      description = "Maximum dead letters per second. Default: 20.")
  private @Nullable Integer perSecond;

  boolean all() {
    return all;
  }

  boolean dryRun() {
    return dryRun;
  }

  void addTo(ObjectNode request) {
    request.put("dry_run", dryRun);
    if (limit != null) {
      request.put("limit", limit);
    }
    if (perSecond != null) {
      request.put("per_second", perSecond);
    }
  }
}
