package dev.sluice.cli.deadletter;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The options that say who acts, and why. */
final class AuditOptions {
  @Option(
      names = "--why",
      paramLabel = "TEXT",
      required = true,
      description = "For those who come after; it is kept with the letter.")
  private String why = "";

  @Option(names = "--by", paramLabel = "NAME", description = "Who you are (USER).")
  private @Nullable String by;

  void addTo(ObjectNode request, Map<String, String> environment) {
    request.put("why", why);
    String name = by == null ? environment.get("USER") : by;
    if (name != null) {
      request.put("by", name);
    }
  }
}
