package dev.sluice.cli.deadletter;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The options for many letters at once. */
final class BulkOptions {
  @Option(names = "--all", description = "All that are dead.")
  private boolean all;

  @Option(names = "--dry-run", description = "Only say how many it would be.")
  private boolean dryRun;

  @Option(names = "--most", paramLabel = "N", description = "No more than so many (1000).")
  private @Nullable Integer most;

  @Option(names = "--per-second", paramLabel = "N", description = "No faster than that (20).")
  private @Nullable Integer perSecond;

  boolean all() {
    return all;
  }

  boolean dryRun() {
    return dryRun;
  }

  void addTo(ObjectNode request) {
    request.put("dry_run", dryRun);
    if (most != null) {
      request.put("most", most);
    }
    if (perSecond != null) {
      request.put("per_second", perSecond);
    }
  }
}
