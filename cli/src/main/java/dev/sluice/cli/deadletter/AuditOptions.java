package dev.sluice.cli.deadletter;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The options that say who acts, and why. */
final class AuditOptions {
  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Reason, kept in the audit log.")
  private String why = "";

  @Option(
      names = "--operator",
      paramLabel = "NAME",
      description = "Operator, kept in the audit log (USER).")
  private @Nullable String by;

  void addTo(ObjectNode request, Map<String, String> environment) {
    request.put("reason", why);
    String name = by == null ? environment.get("USER") : by;
    if (name != null) {
      request.put("operator", name);
    }
  }
}
