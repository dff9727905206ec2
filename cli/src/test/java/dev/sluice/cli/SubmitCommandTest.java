package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubmitCommandTest {
  private static final String LINE =
      "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{}}\n";

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

  private Path file(String content) throws IOException {
    return Files.writeString(temporary.resolve("in.jsonl"), content);
  }

  @Test
  void fileIsUploadedUnchangedAndBatchIdIsPrinted() throws IOException {
    String content = LINE.formatted("ä") + "\n" + LINE.formatted("b").strip();

    CommandRun commandRun =
        CommandRun.of(producer, "submit", file(content).toString(), "--completion-window", "12h");

    assertThat(commandRun.out()).isEqualTo("batch_1\n");
    assertThat(commandRun.err())
        .isEqualTo("Submitted 2 requests.\nFollow it: sluice watch batch_1\n");
    assertThat(commandRun.exitCode()).isZero();
    assertThat(producer.sentBatchFile()).isEqualTo(content);
    assertThat(producer.sent("POST /v1/files"))
        .contains("\r\n\r\nbatch\r\n", "filename=\"in.jsonl\"");
    assertThat(producer.sent("POST /v1/batches"))
        .isEqualTo(
            "{\"input_file_id\":\"file-in\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"12h\"}");
  }

  @Test
  void fileWithAByteOrderMarkAndCarriageReturnsIsSent() throws IOException {
    String content = "\uFEFF" + (LINE.formatted("a") + LINE.formatted("b")).replace("\n", "\r\n");

    CommandRun commandRun = CommandRun.of(producer, "submit", file(content).toString());

    assertThat(commandRun.err()).startsWith("Submitted 2 requests.\n");
    assertThat(producer.sentBatchFile()).isEqualTo(content);
  }

  @Test
  void batchFileIsReadFromStdinAndOutputIsWrittenToStdout() {
    producer.state(
        "completed",
        "\"created_at\":1,\"completed_at\":2,\"total\":2,\"completed\":2,\"output_file_id\":\"file-out\"");
    producer.file("file-out", "{\"custom_id\":\"a\"}\n");
    String content = LINE.formatted("a") + LINE.formatted("b");

    CommandRun commandRun =
        CommandRun.reading(producer, content, "submit", "-", "--watch", "--json", "--out", "-");

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(commandRun.out()).isEqualTo("{\"custom_id\":\"a\"}\n");
    assertThat(commandRun.err())
        .startsWith("Created batch batch_1.\nSubmitted 2 requests.\n")
        .contains(" · output: stdout");
    assertThat(producer.sentBatchFile()).isEqualTo(content);
    assertThat(producer.sent("POST /v1/files")).contains("filename=\"stdin.jsonl\"");
  }

  @Test
  void problemsOfStdinNameIt() {
    CommandRun commandRun = CommandRun.reading(producer, "[]\n", "submit", "-");

    assertThat(commandRun.err())
        .isEqualTo(
            "line 1 is not a JSON object\nNothing was sent. Fix stdin and submit it again.\n");
    assertThat(CommandRun.reading(producer, "", "submit", "-").err())
        .isEqualTo("stdin is empty: a batch needs at least one request.\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE"})
  void fileInUtf16IsRejectedWithOneError(String charset) throws IOException {
    Path file = temporary.resolve("utf16.jsonl");
    Files.writeString(file, LINE.formatted("a") + LINE.formatted("b"), Charset.forName(charset));

    CommandRun commandRun = CommandRun.of(producer, "submit", file.toString());

    assertThat(commandRun.err())
        .isEqualTo(
            "the file is not in UTF-8 (it looks like UTF-16)\nNothing was sent. Fix %s and submit it again.\n"
                .formatted(file));
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void allInvalidLinesAreListedAndNothingIsSent() throws IOException {
    Path file =
        file(
            LINE.formatted("a")
                + "{\"custom_id\":\n"
                + "[]\n"
                + LINE.formatted("a")
                + "{\"custom_id\":5}\n"
                + "{} {}\n");

    CommandRun commandRun = CommandRun.of(producer, "submit", file.toString());

    assertThat(commandRun.exitCode()).isEqualTo(3);
    assertThat(commandRun.err().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("line 2 is not JSON: Unexpected end-of-input"),
            line -> assertThat(line).isEqualTo("line 3 is not a JSON object"),
            line -> assertThat(line).isEqualTo("line 4 repeats the custom_id \"a\" of line 1"),
            line -> assertThat(line).isEqualTo("line 5 has no \"custom_id\" (a string)"),
            line -> assertThat(line).isEqualTo("line 5 has no \"url\" (a string)"),
            line ->
                assertThat(line).isEqualTo("line 5 has no \"body\" (an object with the request)"),
            line -> assertThat(line).startsWith("line 6 is not JSON: "),
            line ->
                assertThat(line)
                    .isEqualTo("Nothing was sent. Fix %s and submit it again.".formatted(file)));
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void missingOrEmptyFileIsRejected() throws IOException {
    assertThat(CommandRun.of(producer, "submit", "/no/such.jsonl").err())
        .isEqualTo("File /no/such.jsonl does not exist.\n");
    CommandRun empty = CommandRun.of(producer, "submit", file("\n\n").toString());
    assertThat(empty.exitCode()).isEqualTo(3);
    assertThat(empty.err())
        .isEqualTo(
            "%s/in.jsonl is empty: a batch needs at least one request.\n".formatted(temporary));
  }

  @Test
  void watchWritesOutputAtTheEnd() throws IOException {
    producer.state(
        "completed",
        "\"created_at\":1,\"completed_at\":2,\"total\":1,\"completed\":1,\"output_file_id\":\"file-out\"");
    producer.file("file-out", "{\"custom_id\":\"a\"}\n");
    Path out = temporary.resolve("out.jsonl");

    CommandRun commandRun =
        CommandRun.of(
            producer,
            "submit",
            file(LINE.formatted("a")).toString(),
            "--watch",
            "--json",
            "--out",
            out.toString());

    assertThat(commandRun.exitCode()).isZero();
    assertThat(out).hasContent("{\"custom_id\":\"a\"}\n");
    assertThat(commandRun.out().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo(
                        "{\"event\":\"submitted\",\"batch\":\"batch_1\",\"file\":\"file-in\",\"requests\":1}"),
            line -> assertThat(line).startsWith("{\"event\":\"progress\",\"batch\":\"batch_1\""),
            line -> assertThat(line).startsWith("{\"event\":\"ended\",").contains(out.toString()));
  }

  @Test
  void summaryNamesLocationOfErrors() throws IOException {
    producer.state(
        "completed",
        "\"created_at\":1,\"completed_at\":2,\"total\":1,\"failed\":1,\"error_file_id\":\"e\"");

    CommandRun commandRun =
        CommandRun.of(producer, "submit", file(LINE.formatted("a")).toString(), "--watch");

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(commandRun.err())
        .endsWith(" · output: none · errors: sluice results batch_1 --errors\n");
  }

  @Test
  void producerErrorIsPrinted() throws IOException {
    producer.reject("POST /v1/batches", 400, FakeProducer.error("Unknown endpoint."));

    CommandRun commandRun = CommandRun.of(producer, "submit", file(LINE.formatted("a")).toString());

    assertThat(commandRun.exitCode()).isEqualTo(3);
    assertThat(commandRun.err()).isEqualTo("Unknown endpoint.\n");
  }

  @Test
  void postIsNotRetriedAfterConnectionError() throws IOException {
    producer.replies.put("POST /v1/batches", FakeProducer.Reply.DISCONNECT);

    CommandRun commandRun = CommandRun.of(producer, "submit", file(LINE.formatted("a")).toString());

    assertThat(commandRun.exitCode()).isEqualTo(4);
    assertThat(commandRun.err())
        .contains("The batch may have been created. Check with `sluice status`, or repeat")
        .contains("Idempotency-Key: " + producer.idempotencyKey("POST /v1/batches"))
        .contains("-d '" + producer.sent("POST /v1/batches") + "'");
  }
}
