package dev.sluice.cli.map;

import dev.sluice.cli.terminal.CommandException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The options for the columns that are added to each row. */
final class AnswerColumns {
  private static final String DEFAULT_ANSWER = "answer";

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description =
          "Name of the column with the answer. Default: "
              + DEFAULT_ANSWER
              + "; if --check has columns, no column has the whole answer.")
  private @Nullable String answer;

  @Option(
      names = "--error-column",
      paramLabel = "NAME",
      description =
          "Name of the column with the error of a failed row; it is always present. Default: ${DEFAULT-VALUE}.")
  private String error = "error";

  @Option(
      names = "--column-prefix",
      paramLabel = "TEXT",
      description =
          "Prefix of the columns that the schema of --check defines: one for each of its properties. Default: none.")
  private @Nullable String prefix;

  /**
   * Checks the names.
   *
   * @throws CommandException if a name is empty
   */
  void check() {
    if (error.isBlank() || (answer != null && answer.isBlank())) {
      throw CommandException.usageError("--column and --error-column must not be empty.");
    }
  }

  /**
   * The columns.
   *
   * @param schema the schema of the answers
   * @throws CommandException if two columns have the same name, or if the prefix is useless
   */
  AddedColumns added(Optional<JsonNode> schema) {
    List<String> members = schema.map(SchemaMembers::of).orElse(List.of());
    return members.isEmpty() ? withoutMembers() : withMembers(members);
  }

  private AddedColumns withoutMembers() {
    if (prefix != null) {
      throw CommandException.usageError(
          "--column-prefix %s requires --check with a schema that has properties."
              .formatted(prefix));
    }
    String name = Objects.requireNonNullElse(answer, DEFAULT_ANSWER);
    if (error.equals(name)) {
      throw CommandException.usageError(
          "--column and --error-column must differ (both are %s).".formatted(error));
    }
    return new AddedColumns(List.of(), "", Optional.of(name), error);
  }

  private AddedColumns withMembers(List<String> members) {
    AddedColumns columns =
        new AddedColumns(
            members, Objects.requireNonNullElse(prefix, ""), Optional.ofNullable(answer), error);
    columns.check();
    return columns;
  }
}
