package dev.sluice.cli.command.deadletter;

import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Options that edit the request before a replay. */
final class EditOptions {
  @Option(names = "--set-model", paramLabel = "MODEL", description = "Replay with this model.")
  private @Nullable String model;

  @Option(names = "--set-route", paramLabel = "ROUTE", description = "Replay on this route.")
  private @Nullable String route;

  @Option(
      names = "--patch",
      paramLabel = "JSON",
      description =
          "JSON merge patch for the request, such as {\"max_tokens\": 100}; null removes a member.")
  private @Nullable String patch;

  boolean any() {
    return model != null || route != null || patch != null;
  }

  void addTo(ObjectNode request) {
    if (model != null) {
      request.put("model", model);
    }
    if (route != null) {
      request.put("route", route);
    }
    if (patch != null) {
      request.set(
          "patch",
          JsonValues.readObject(patch.getBytes(StandardCharsets.UTF_8))
              .orElseThrow(
                  () ->
                      CommandException.usageError(
                          "--patch '%s' is not a JSON object.".formatted(patch))));
    }
  }
}
