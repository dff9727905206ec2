package dev.sluice.cli.file.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cli.file.Input;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.InputProblems;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.StringNode;

class TableTest {
  @TempDir private Path temporary;

  private Table table(String name, String content) throws IOException {
    return table(name, content, UTF_8, Optional.empty());
  }

  private Table table(String name, String content, Charset charset, Optional<Character> delimiter)
      throws IOException {
    return table(name, content.getBytes(charset), delimiter);
  }

  private Table table(String name, byte[] content, Optional<Character> delimiter)
      throws IOException {
    return Table.of(new Input.File(Files.write(temporary.resolve(name), content)), delimiter);
  }

  /** The lines of the rows and their values of one column. */
  private static List<String> values(Table table, String column) throws IOException {
    List<String> values = new ArrayList<>();
    InputProblems problems = new InputProblems();
    table.read(
        problems,
        (position, row) -> {
          assertThat(position).isEqualTo(values.size());
          values.add(row.line() + ": " + row.value(column).orElse("absent"));
        });
    assertThat(problems.lines()).isEmpty();
    return values;
  }

  private static List<String> problems(Table table) throws IOException {
    InputProblems problems = new InputProblems();
    table.read(problems, (position, row) -> {});
    return problems.lines();
  }

  private static String written(Table table, JsonNode... answers) throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    table.write(
        target,
        List.of("answer", "error"),
        position -> List.of(answers[position], NullNode.getInstance()));
    return target.toString(UTF_8);
  }

  private static JsonNode text(String text) {
    return StringNode.valueOf(text);
  }

  @Test
  void quotedLineEndsQuotesAndDelimitersAreKept() throws IOException {
    Table table =
        table(
            "in.csv",
            "id,review\n1,\"Good,\n\"\"very\"\"\r\ngood\"\n\n2,=1+1\n3,\"\"\n4,{{id}} \\ ${id}");

    assertThat(table.columns()).containsExactly("id", "review");
    assertThat(values(table, "review"))
        .containsExactly("2: Good,\n\"very\"\r\ngood", "6: =1+1", "7: ", "8: {{id}} \\ ${id}");
    assertThat(written(table, text("a,b"), text("\"x\"\ny"), IntNode.valueOf(5), text(" z ")))
        .isEqualTo(
            "id,review,answer,error\n"
                + "1,\"Good,\n\"\"very\"\"\r\ngood\",\"a,b\",\n"
                + "2,=1+1,\"\"\"x\"\"\ny\",\n"
                + "3,,5,\n"
                + "4,{{id}} \\ ${id}, z ,\n");
  }

  @ParameterizedTest
  @CsvSource({
    "in.csv, SEMICOLON",
    "in.csv, TAB",
    "in.csv, COMMA",
    "in.tsv, TAB",
    "in.txt, SEMICOLON",
  })
  void delimiterIsDetectedInTheHeaderAndKept(String name, String delimiterName) throws IOException {
    String delimiter =
        switch (delimiterName) {
          case "SEMICOLON" -> ";";
          case "TAB" -> "\t";
          default -> ",";
        };
    Table table = table(name, "id|\"a,b;c\td,e;f\tg\"|x\n1|\"2,5;\t\"|3\n".replace("|", delimiter));

    assertThat(table.columns()).containsExactly("id", "a,b;c\td,e;f\tg", "x");
    assertThat(written(table, text("A")))
        .startsWith("id|\"a,b;c\td,e;f\tg\"|x|answer|error\n".replace("|", delimiter));
  }

  @Test
  void configuredDelimiterReplacesDetection() throws IOException {
    Table table = table("in.csv", "a,b|#c\n1|#2\n", UTF_8, Optional.of('|'));

    assertThat(table.columns()).containsExactly("a,b", "#c");
    assertThat(written(table, text("x"))).isEqualTo("a,b|#c|answer|error\n1|#2|x|\n");
    assertThat(table("in.csv", "a#b\n1#2\n", UTF_8, Optional.of('#')).columns())
        .containsExactly("a", "b");
  }

  @Test
  void tsvFileHasTabsEvenIfItsHeaderHasMoreCommas() throws IOException {
    assertThat(table("in.tsv", "a, b, c\td\n1\t2\n").columns()).containsExactly("a, b, c", "d");
  }

  @Test
  void lineEndsOfTheHeaderAreKept() throws IOException {
    Table table = table("in.csv", "a,b\r\n1,2\r\n");

    assertThat(written(table, text("x"))).isEqualTo("a,b,answer,error\r\n1,2,x,\r\n");
  }

  @Test
  void byteOrderMarkIsNotPartOfTheFirstColumnAndIsKept() throws IOException {
    Table table = table("in.csv", "\uFEFFa;b\n1;ü\n");

    assertThat(table.columns()).containsExactly("a", "b");
    assertThat(written(table, text("x"))).isEqualTo("\uFEFFa;b;answer;error\n1;ü;x;\n");
  }

  @Test
  void utf16WithAByteOrderMarkIsReadAndWrittenAsUtf8() throws IOException {
    for (Charset charset : List.of(UTF_16LE, UTF_16BE)) {
      Table table = table("in.csv", "\uFEFFa\tb\n1\t𝄞ü\n", charset, Optional.empty());

      assertThat(values(table, "b")).containsExactly("2: 𝄞ü");
      assertThat(written(table, text("x"))).isEqualTo("\uFEFFa\tb\tanswer\terror\n1\t𝄞ü\tx\t\n");
    }
  }

  @Test
  void bytesThatAreNotTextAreReportedWithLineAndEncoding() throws IOException {
    assertThatThrownBy(() -> table("in.csv", "a,b\n1,2\r\n3,Grüße\n", ISO_8859_1, Optional.empty()))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "%s/in.csv: line 3 is not UTF-8 (byte 0xFC; possibly Latin-1 or Windows-1252). Convert it to UTF-8, for example with: iconv -f WINDOWS-1252 -t UTF-8. Nothing was sent."
                .formatted(temporary));
    assertThatThrownBy(() -> table("in.csv", "a\n1\n", UTF_16LE, Optional.empty()))
        .hasMessage(
            "%s/in.csv: line 1 has a NUL character: the input is binary, or UTF-16 without a byte-order mark. Convert it to UTF-8. Nothing was sent."
                .formatted(temporary));
    byte[] odd = "\uFEFFa\n1".getBytes(UTF_16LE);
    assertThatThrownBy(() -> table("in.csv", Arrays.copyOf(odd, odd.length - 1), Optional.empty()))
        .hasMessageContaining("line 2 is not UTF-16LE");
  }

  @Test
  void textLongerThanTheBuffersIsCopied() throws IOException {
    String value = "ü𝄞\"".repeat(100_000);
    Table table = table("in.csv", "a,b\n1,\"" + value.replace("\"", "\"\"") + "\"\n2,x\n");

    assertThat(values(table, "b")).containsExactly("2: " + value, "3: x");
  }

  @Test
  void raggedRowsAreReportedWithTheirLines() throws IOException {
    Table table = table("in.csv", "a,b\n1,\"2\n2\"\n3\n4,5,6\n7,8\n");

    assertThat(problems(table))
        .containsExactly(
            "line 4 has 1 values, but the header has 2 columns",
            "line 5 has 3 values, but the header has 2 columns");
  }

  @Test
  void malformedQuotesAreReportedWithTheLine() throws IOException {
    assertThat(problems(table("in.csv", "a,b\n1,2\n3,\"open\n5,6\n")))
        .singleElement()
        .asString()
        .contains("line 3")
        .containsIgnoringCase("unclosed");
    assertThat(problems(table("in.csv", "a,b\n1,2\n3,\"x\"y\n")))
        .singleElement()
        .asString()
        .contains("line 3", "after closing quote");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "\uFEFF"})
  void emptyInputIsRejected(String content) {
    assertThatThrownBy(() -> table("in.csv", content))
        .isInstanceOf(CommandException.class)
        .hasMessage(
            "%s/in.csv is empty: a header row and at least one row are required."
                .formatted(temporary));
    assertThatThrownBy(() -> table("in.jsonl", content))
        .hasMessage(
            "%s/in.jsonl is empty: at least one line with a JSON object is required."
                .formatted(temporary));
  }

  @Test
  void jsonObjectsAreWrittenByteForByteWithFurtherMembers() throws IOException {
    Table table =
        table(
            "in.jsonl",
            """
            {"id": 1.10, "review": "Go\\u006fd \\"x\\"", "big": 12345678901234567890.123456789}

            {"id":2,"review":null,"n":{"m":[1,"a"]} }
            {}
            """);

    assertThat(values(table, "review")).containsExactly("1: Good \"x\"", "3: ", "4: absent");
    assertThat(values(table, "id")).containsExactly("1: 1.10", "3: 2", "4: absent");
    assertThat(written(table, text("{{id}}\n"), IntNode.valueOf(7), text("")))
        .isEqualTo(
            """
            {"id": 1.10, "review": "Go\\u006fd \\"x\\"", "big": 12345678901234567890.123456789,"answer":"{{id}}\\n","error":null}
            {"id":2,"review":null,"n":{"m":[1,"a"]},"answer":7,"error":null}
            {"answer":"","error":null}
            """);
  }

  @Test
  void nestedMembersAreFoundByTheirPath() throws IOException {
    Table table = table("in.txt", "{\"a\":{\"b\":{\"c\":true}},\"a.b\":\"whole\",\"l\":[1, 2]}\n");

    assertThat(table.isJsonLines()).isTrue();
    assertThat(table.columns()).containsExactly("a", "a.b", "l");
    assertThat(values(table, "a.b")).containsExactly("1: whole");
    assertThat(values(table, "a.b.c")).containsExactly("1: true");
    assertThat(values(table, "a")).containsExactly("1: {\"b\":{\"c\":true}}");
    assertThat(values(table, "l")).containsExactly("1: [1,2]");
    assertThat(values(table, "a.b.d")).containsExactly("1: absent");
    assertThat(values(table, "l.0")).containsExactly("1: absent");
  }

  @Test
  void linesThatAreNotObjectsAreReported() throws IOException {
    Table table = table("in.jsonl", "\uFEFF{\"a\":1}\n[1]\n{\"a\":\n{\"a\":2}");

    assertThat(problems(table))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("line 2 is not a JSON object"),
            line -> assertThat(line).startsWith("line 3 is not JSON: "));
    assertThatThrownBy(() -> table("in.jsonl", "\nid,review\n"))
        .hasMessageStartingWith("%s/in.jsonl: line 2 is not JSON: ".formatted(temporary));
  }
}
