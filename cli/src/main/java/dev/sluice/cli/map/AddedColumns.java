package dev.sluice.cli.map;

import dev.sluice.cli.batch.Answer;
import dev.sluice.cli.file.table.Table;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.StringNode;

/**
 * The columns that are added to each row, in this order: a column for each member of the answer,
 * the whole answer, the error.
 *
 * @param members the members that the schema of the answers describes; empty if there is none
 * @param prefix prefix of their columns
 * @param answer column with the whole answer
 * @param error column with the error
 */
record AddedColumns(List<String> members, String prefix, Optional<String> answer, String error) {
  private static final String CUT_OFF =
      "cut_off: The provider cut off the answer at its token limit.";
  private static final String FENCE = "```";

  /** The values of a row. */
  record Values(Answer answer, List<JsonNode> values) {}

  /** The names, in order. */
  List<String> names() {
    List<String> names = new ArrayList<>(memberColumns());
    answer.ifPresent(names::add);
    names.add(error);
    return names;
  }

  private List<String> memberColumns() {
    return members.stream().map(prefix::concat).toList();
  }

  /**
   * Checks that the names differ.
   *
   * @throws CommandException if two are equal, or one is empty
   */
  void check() {
    Set<String> seen = new HashSet<>();
    for (String name : names()) {
      if (name.isBlank()) {
        throw CommandException.usageError(
            "The schema of --check has a property without a name: choose a name with --column-prefix.");
      }
      if (!seen.add(name)) {
        throw CommandException.usageError(
            "The schema of --check has a property for the column %s, which is also the name of %s: choose another name with --column-prefix or %s."
                .formatted(name, optionOf(name), optionOf(name)));
      }
    }
  }

  /** The option for a name that is not that of a member. */
  private String optionOf(String name) {
    return name.equals(error) ? "--error-column" : "--column";
  }

  /**
   * Checks that the table does not have the columns.
   *
   * @throws CommandException if it has one of them
   */
  void check(Table table) {
    List<String> memberColumns = memberColumns();
    for (String name : names()) {
      if (!table.columns().contains(name)) {
        continue;
      }
      throw CommandException.usageError(
          memberColumns.contains(name)
              ? "The input already has a column %s, and the schema of --check has a property for it: choose other names with --column-prefix, such as --column-prefix answer_."
                  .formatted(name)
              : "The input already has a column %s: choose another name with %s."
                  .formatted(name, optionOf(name)));
    }
  }

  /** The values of a row, and its answer: an answer without the members is an error. */
  Values values(Answer found) {
    return switch (found) {
      case Answer.Text text -> members.isEmpty() ? whole(text) : split(text);
      case Answer.Missing missing -> missing(missing, Optional.empty());
    };
  }

  private Values whole(Answer.Text text) {
    return new Values(text, List.of(StringNode.valueOf(text.text()), error(text)));
  }

  private Values split(Answer.Text text) {
    Optional<JsonNode> object =
        JsonValues.readObject(withoutFence(text.text()).getBytes(StandardCharsets.UTF_8));
    if (object.isEmpty()) { // a schema may allow other values, and an operator may accept any text
      String message = "The answer is not a JSON object: " + text.text();
      return missing(
          new Answer.Missing("invalid_output", message, text.cutOff()), Optional.of(text));
    }
    List<JsonNode> values = new ArrayList<>();
    for (String member : members) {
      JsonNode value = object.get().get(member);
      values.add(value == null ? NullNode.getInstance() : value);
    }
    answer.ifPresent(column -> values.add(StringNode.valueOf(text.text())));
    values.add(error(text));
    return new Values(text, values);
  }

  private Values missing(Answer.Missing missing, Optional<Answer.Text> text) {
    List<JsonNode> values = new ArrayList<>();
    members.forEach(member -> values.add(NullNode.getInstance()));
    answer.ifPresent(
        column ->
            values.add(
                text.<JsonNode>map(found -> StringNode.valueOf(found.text()))
                    .orElse(NullNode.getInstance())));
    values.add(StringNode.valueOf(missing.reason()));
    return new Values(missing, values);
  }

  private static JsonNode error(Answer.Text text) {
    return text.cutOff() ? StringNode.valueOf(CUT_OFF) : NullNode.getInstance();
  }

  /** The content of the only fenced code block of Markdown, which the check ignores as well. */
  private static String withoutFence(String text) {
    String stripped = text.strip();
    int firstLine = stripped.indexOf('\n');
    boolean isFenced =
        stripped.startsWith(FENCE)
            && stripped.endsWith(FENCE)
            && firstLine > 0
            && stripped.length() >= firstLine + FENCE.length();
    return isFenced ? stripped.substring(firstLine, stripped.length() - FENCE.length()) : stripped;
  }
}
