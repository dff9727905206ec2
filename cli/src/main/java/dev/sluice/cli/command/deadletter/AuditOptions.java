package dev.sluice.cli.command.deadletter;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Options with the reason and the operator for the audit log. */
final class AuditOptions {
  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Reason, recorded in the audit log. Required.")
  private String reason = "";

  @Option(
      names = "--operator",
      paramLabel = "NAME",
      description = "Operator, recorded in the audit log. Default: $USER.")
  private @Nullable String operator;

  void addTo(ObjectNode request, Map<String, String> environment) {
    request.put("reason", reason);
    String name = operator == null ? environment.get("USER") : operator;
    if (name != null) {
      request.put("operator", name);
    }
  }
}
