package dev.sluice.cli.batch;

import dev.sluice.cli.file.Input;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The options for the check of answers. */
public final class CheckOptions {
  private static final int MAX_RE_ASK = 10;

  @Option(
      names = "--check",
      paramLabel = "SCHEMA",
      description =
          "File with a JSON schema that each answer must fit. If an answer does not fit, the model is asked again, with the errors; then the task fails as invalid_output.")
  private @Nullable Path schema;

  @Option(
      names = "--re-ask",
      paramLabel = "N",
      description =
          "Maximum number of times that the model is asked again, 0-10. Requires --check. Default: 2.")
  private @Nullable Integer reAsk;

  /**
   * The member {@code check} of the request.
   *
   * @throws CommandException if an option is invalid
   */
  public Optional<JsonNode> check() {
    if (schema == null) {
      if (reAsk != null) {
        throw CommandException.usageError("--re-ask requires --check.");
      }
      return Optional.empty();
    }
    ObjectNode check = JsonValues.object();
    check.set("schema", read(schema));
    if (reAsk != null) {
      if (reAsk < 0 || reAsk > MAX_RE_ASK) {
        throw CommandException.usageError(
            "--re-ask (%d) must be from 0 to %d.".formatted(reAsk, MAX_RE_ASK));
      }
      check.put("re_ask", reAsk);
    }
    return Optional.of(check);
  }

  private static JsonNode read(Path file) {
    try {
      return JsonValues.readObject(Files.readAllBytes(file))
          .orElseThrow(
              () ->
                  CommandException.invalidInput(
                      "--check %s is not a JSON object: expected a JSON schema.".formatted(file)));
    } catch (IOException unreadable) {
      throw CommandException.invalidInput(
          "--check %s cannot be read: %s.".formatted(file, Input.reason(unreadable)));
    }
  }
}
