package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The columns that the schema of {@code sluice map --check} defines. */
class MapColumnsTest {
  private static final String SCHEMA =
      """
      {"type":"object","required":["label"],"properties":{
        "label":{"enum":["good","bad"]},"score":{"type":"number"},"topics":{"type":"array"}}}
      """;

  private FakeProducer producer;
  @TempDir private Path temporary;

  @BeforeEach
  void start() throws IOException {
    producer = new FakeProducer();
  }

  @AfterEach
  void stop() {
    producer.close();
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(temporary.resolve(name), content);
  }

  private CommandRun map(Path input, String schema, String... options) throws IOException {
    Path check = file("schema.json", schema);
    List<String> arguments =
        new ArrayList<>(
            List.of("map", input.toString(), "--model", "gpt-4o-mini", "--prompt", "{{review}}"));
    arguments.addAll(List.of("--check", check.toString()));
    arguments.addAll(List.of(options));
    return CommandRun.of(producer, arguments.toArray(String[]::new));
  }

  private static String result(int row, String answer) {
    return """
        {"custom_id":"row-%d","response":{"status_code":200,"body":{"choices":[{"message":{"content":"%s"}}]}},"error":null}
        """
        .formatted(row, answer.replace("\"", "\\\"").replace("\n", "\\n"));
  }

  private void results(String... lines) {
    producer.state("completed", "\"total\":3,\"completed\":3,\"output_file_id\":\"file-out\"");
    producer.file("file-out", String.join("", lines));
  }

  @Test
  void propertiesOfTheSchemaAreColumnsInItsOrder() throws IOException {
    Path input = file("in.csv", "id;review\n1;A\n2;B\n3;C\n4;D\n");
    producer.state(
        "completed",
        "\"total\":4,\"completed\":3,\"failed\":1,\"output_file_id\":\"file-out\",\"error_file_id\":\"file-err\"");
    producer.file(
        "file-out",
        result(
                1,
                "{\"topics\":[\"a;b\",{\"c\":null}],\"label\":\"good\",\"score\":1.50,\"more\":1}")
            + result(2, "```json\n{\"label\":\"ba;d\",\"score\":null}\n```")
            + result(3, "{}"));
    producer.file(
        "file-err",
        """
        {"custom_id":"row-4","response":null,"error":{"code":"invalid_output","message":"answer: required property 'label' not found"}}
        """);

    CommandRun commandRun = map(input, SCHEMA);

    assertThat(commandRun.exitCode()).as(commandRun.err()).isEqualTo(1);
    assertThat(commandRun.out())
        .isEqualTo(
            """
            id;review;label;score;topics;error
            1;A;good;1.50;"[""a;b"",{""c"":null}]";
            2;B;"ba;d";;;
            3;C;;;;
            4;D;;;;invalid_output: answer: required property 'label' not found
            """);
  }

  @Test
  void jsonLinesAndTabsKeepTheValues() throws IOException {
    Path lines = file("in.jsonl", "{\"review\":\"A\",\"n\":1.0}\n{\"review\":\"B\"}\n");
    String answer = "{\"label\":\"x\\\\ty\",\"score\":2,\"topics\":[{\"a\":1.0}]}";
    results(result(1, answer), result(2, "{\"label\":\"bad\"}"));

    assertThat(map(lines, SCHEMA).out())
        .isEqualTo(
            """
            {"review":"A","n":1.0,"label":"x\\ty","score":2,"topics":[{"a":1.0}],"error":null}
            {"review":"B","label":"bad","score":null,"topics":null,"error":null}
            """);

    Path tabs = file("in.tsv", "review\nA\nB\n");
    results(result(1, answer), result(2, "{\"label\":\"bad\"}"));
    assertThat(map(tabs, SCHEMA, "--new").out())
        .isEqualTo(
            "review\tlabel\tscore\ttopics\terror\nA\t\"x\ty\"\t2\t\"[{\"\"a\"\":1.0}]\"\t\nB\tbad\t\t\t\n");
  }

  @Test
  void anAnswerWithoutMembersIsAFailedRowWithItsText() throws IOException {
    Path input = file("in.csv", "review\nA\nB\n");
    results(result(1, "good, \"mostly\""), result(2, "[1]"));

    CommandRun commandRun = map(input, SCHEMA, "--column", "raw", "--error-column", "problem");

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(commandRun.out())
        .isEqualTo(
            """
            review,label,score,topics,raw,problem
            A,,,,"good, ""mostly""\","invalid_output: The answer is not a JSON object: good, ""mostly""\"
            B,,,,[1],invalid_output: The answer is not a JSON object: [1]
            """);
  }

  @Test
  void schemaWithoutPropertiesKeepsTheAnswerInOneColumn() throws IOException {
    Path input = file("in.csv", "review\nA\n");
    results(result(1, "[1]"));

    assertThat(map(input, "{\"type\":\"array\"}").out()).isEqualTo("review,answer,error\nA,[1],\n");
    assertThat(map(input, "{\"type\":\"array\"}", "--column-prefix", "x_"))
        .isEqualTo(
            new CommandRun(
                2, "", "--column-prefix x_ requires --check with a schema that has properties.\n"));
  }

  @Test
  void propertiesMayBeInADefinition() throws IOException {
    Path input = file("in.csv", "review\nA\n");
    results(result(1, "{\"b\":true,\"a\":\"x\"}"));

    CommandRun commandRun =
        map(
            input,
            """
            {"$ref":"#/definitions/Answer","definitions":{"Answer":{"properties":{"b":{},"a":{}}}}}
            """);

    assertThat(commandRun.out()).isEqualTo("review,b,a,error\nA,true,x,\n");
  }

  @Test
  void equalNamesAreUsageErrorsBeforeAnythingIsSent() throws IOException {
    Path input = file("in.csv", "review,label\nA,x\n");

    assertThat(map(input, SCHEMA))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "The input already has a column label, and the schema of --check has a property for it: choose other names with --column-prefix, such as --column-prefix answer_.\n"));
    assertThat(map(input, SCHEMA, "--error-column", "score").err())
        .isEqualTo(
            "The schema of --check has a property for the column score, which is also the name of --error-column: choose another name with --column-prefix or --error-column.\n");
    assertThat(map(input, SCHEMA, "--column", "score", "--column-prefix", "").err())
        .startsWith("The schema of --check has a property for the column score, which is also")
        .endsWith("choose another name with --column-prefix or --column.\n");
    assertThat(map(input, "{\"properties\":{\"\":{}}}").err())
        .isEqualTo(
            "The schema of --check has a property without a name: choose a name with --column-prefix.\n");
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void prefixRenamesTheColumns() throws IOException {
    Path input = file("in.csv", "review,label\nA,x\n");
    results(result(1, "{\"label\":\"good\"}"));

    assertThat(map(input, SCHEMA, "--column-prefix", "ai_").out())
        .isEqualTo("review,label,ai_label,ai_score,ai_topics,error\nA,x,good,,,\n");
  }
}
