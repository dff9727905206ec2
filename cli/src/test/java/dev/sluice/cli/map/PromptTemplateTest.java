package dev.sluice.cli.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cli.file.table.Table;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.InputProblems;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTemplateTest {
  private final InputProblems problems = new InputProblems();

  private record MapRow(long line, Map<String, String> values) implements Table.Row {
    @Override
    public boolean has(String column) {
      return values.containsKey(column);
    }

    @Override
    public Optional<String> value(String name) {
      return Optional.ofNullable(values.get(name));
    }
  }

  private Optional<String> render(String template, Map<String, String> values) {
    return PromptTemplate.of(template).render(new MapRow(7, values), problems);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sentiment of: {{review}}      | Sentiment of: Good",
        "{{ review }}{{review}}        | GoodGood",
        "{{\treview id }}!             | 5!",
        "{\"r\": {\"x\": {{review}}}}  | {\"r\": {\"x\": Good}}",
        "\\{{review}} is {{review}}    | {{review}} is Good",
        "{review} {{review}}           | {review} Good",
      })
  void valuesReplaceTheirNames(String template, String prompt) {
    assertThat(render(template, Map.of("review", "Good", "review id", "5"))).contains(prompt);
    assertThat(problems.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{{b}}", "\\{{b}}", "$1 \\1 ${b}", "{{", "}}", "\"\r\n\"", ""})
  void valuesAreNeverTemplates(String value) {
    assertThat(render("<{{a}}{{b}}>", Map.of("a", value, "b", "B"))).contains("<" + value + "B>");
  }

  @Test
  void missingValueIsAProblemOfItsLine() {
    assertThat(render("{{a}} {{b}}", Map.of("a", "A"))).isEmpty();
    assertThat(problems.lines()).containsExactly("line 7 has no \"b\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ab {{review", "ab {{}}", "ab {{ }}", "ab {{a{b}}"})
  void bracesWithoutAColumnAreAnError(String template) {
    assertThatThrownBy(() -> PromptTemplate.of(template))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "The prompt has a {{ without a column and }} at character 4. Write {{column}}, or \\{{ for the braces themselves.");
  }
}
