package dev.sluice.cli.map;

import dev.sluice.cli.batch.Answer;
import dev.sluice.cli.file.table.Table;
import dev.sluice.cli.terminal.CommandException;
import java.util.List;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.StringNode;

/** The columns that are added to each row. */
final class AnswerColumns {
  private static final String CUT_OFF =
      "cut_off: The provider cut off the answer at its token limit.";

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description = "Name of the column with the answer. Default: ${DEFAULT-VALUE}.")
  private String answer = "answer";

  @Option(
      names = "--error-column",
      paramLabel = "NAME",
      description =
          "Name of the column with the error of a failed row; it is always present. Default: ${DEFAULT-VALUE}.")
  private String error = "error";

  /**
   * Checks the names.
   *
   * @throws CommandException if a name is empty, or if both are equal
   */
  void check() {
    if (answer.isBlank() || error.isBlank()) {
      throw CommandException.usageError("--column and --error-column must not be empty.");
    }
    if (answer.equals(error)) {
      throw CommandException.usageError(
          "--column and --error-column must differ (both are %s).".formatted(answer));
    }
  }

  /**
   * Checks that the table does not have the columns.
   *
   * @throws CommandException if it has one of them
   */
  void check(Table table) {
    for (String name : names()) {
      if (table.columns().contains(name)) {
        throw CommandException.usageError(
            "The input already has a column %s: choose another name with %s."
                .formatted(name, name.equals(answer) ? "--column" : "--error-column"));
      }
    }
  }

  List<String> names() {
    return List.of(answer, error);
  }

  /** The values of a row, in the order of the names. */
  List<JsonNode> values(Answer result) {
    return switch (result) {
      case Answer.Text text ->
          List.of(
              StringNode.valueOf(text.text()),
              text.cutOff() ? StringNode.valueOf(CUT_OFF) : NullNode.getInstance());
      case Answer.Missing missing ->
          List.of(NullNode.getInstance(), StringNode.valueOf(missing.reason()));
    };
  }
}
