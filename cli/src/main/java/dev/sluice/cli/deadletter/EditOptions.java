package dev.sluice.cli.deadletter;

import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The options that change what is sent again. */
final class EditOptions {
  @Option(names = "--set-model", paramLabel = "MODEL", description = "Another model.")
  private @Nullable String model;

  @Option(names = "--set-route", paramLabel = "ROUTE", description = "Another route.")
  private @Nullable String route;

  @Option(
      names = "--patch",
      paramLabel = "JSON",
      description = "Merged into the request: {\"max_tokens\": 100}; null takes a member away.")
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
                      CommandException.wrongUsage(
                          "--patch '%s' is no JSON object.".formatted(patch))));
    }
  }
}
