package dev.sluice.cli.batch;

import dev.sluice.cli.client.ServedModels;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.file.Input;
import dev.sluice.cli.file.TextFile;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** The options that determine the requests. */
public final class RequestOptions {
  /** Members that the command sets itself, or that a batch does not support. */
  private static final Set<String> RESERVED = Set.of("model", "messages", "stream");

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = {
        "Instruction to the model.",
        "summarize: default \"Summarise this document in three sentences.\"; map: required, with {{COLUMN}} for a value of the row."
      })
  private @Nullable String prompt;

  @Option(
      names = "--prompt-file",
      paramLabel = "FILE",
      description = "File with the instruction to the model.")
  private @Nullable Path promptFile;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "Name of the model. Required.")
  private String model = "";

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Maximum length of an answer, in tokens. Default: the provider's default.")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--param",
      paramLabel = "NAME=VALUE",
      description =
          "Additional member of each request body, such as temperature=0. The value is JSON, or else a string. Repeatable.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  /**
   * Checks the options.
   *
   * @throws CommandException if one is invalid
   */
  public void check() {
    if (model.isBlank()) {
      throw CommandException.usageError("--model is empty: specify a model.");
    }
    if (maxTokens != null && maxTokens < 1) {
      throw CommandException.usageError(
          "--max-tokens (%d) must be at least 1.".formatted(maxTokens));
    }
    if (prompt != null && promptFile != null) {
      throw CommandException.usageError("Use only one of --prompt and --prompt-file.");
    }
    for (String name : parameters.keySet()) {
      if (RESERVED.contains(name)) {
        throw CommandException.usageError(
            "--param %s is not possible: the command sets it.".formatted(name));
      }
      if (maxTokens != null && RequestBuilder.MAX_TOKENS_FIELDS.contains(name)) {
        throw CommandException.usageError(
            "Use only one of --max-tokens and --param %s.".formatted(name));
      }
    }
  }

  public String model() {
    return model;
  }

  /** The sentence that says how to avoid answers that are cut off. */
  public String cutOffAdvice() {
    return maxTokens == null
        ? "Set a higher limit with --max-tokens."
        : "Raise the limit with --max-tokens (now %d).".formatted(maxTokens);
  }

  /** The builder; queries the producer for the name of the field of {@code --max-tokens}. */
  public RequestBuilder builder(SluiceClient client) throws InterruptedException {
    ObjectNode members = JsonValues.object();
    if (maxTokens != null) {
      members.put(ServedModels.of(client).maxTokensField(model), maxTokens);
    }
    parameters.forEach((name, value) -> members.set(name, value(value)));
    return new RequestBuilder(model, members);
  }

  private static JsonNode value(String text) {
    try {
      return JsonValues.read(text.getBytes(StandardCharsets.UTF_8));
    } catch (JacksonException notJson) {
      return StringNode.valueOf(text);
    }
  }

  /** The text of {@code --prompt} or {@code --prompt-file}; empty if both are absent. */
  public Optional<String> prompt() {
    if (promptFile == null) {
      return Optional.ofNullable(prompt);
    }
    String text;
    try {
      text = TextFile.read(promptFile).strip();
    } catch (TextFile.MalformedTextException malformed) {
      throw invalidPromptFile(String.valueOf(malformed.getMessage()));
    } catch (IOException failure) {
      throw invalidPromptFile("cannot be read: " + Input.reason(failure));
    }
    if (text.isEmpty()) {
      throw invalidPromptFile("is empty");
    }
    return Optional.of(text);
  }

  private CommandException invalidPromptFile(String problem) {
    return CommandException.invalidInput("--prompt-file %s %s.".formatted(promptFile, problem));
  }
}
