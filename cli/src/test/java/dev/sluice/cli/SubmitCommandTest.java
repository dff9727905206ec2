package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        .isEqualTo(
            "Submitting 2 requests (1 KB) to %s.\nCreated batch batch_1.\nFollow it: sluice watch batch_1\n"
                .formatted(producer.url()));
    assertThat(commandRun.exitCode()).isZero();
    assertThat(producer.sentBatchFile()).isEqualTo(content);
    assertThat(producer.sent("POST /v1/files"))
        .contains("\r\n\r\nbatch\r\n", "filename=\"in.jsonl\"");
    assertThat(producer.sent("POST /v1/batches"))
        .isEqualTo(
            "{\"input_file_id\":\"file-in\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"12h\",\"stop_after\":{\"failed\":25,\"of_first\":100}}");
  }

  @Test
  void schemaOfTheCheckIsSent() throws IOException {
    Path schema = temporary.resolve("schema.json");
    Files.writeString(schema, "{\n  \"type\": \"object\"\n}\n");
    String file = file(LINE.formatted("a")).toString();

    CommandRun commandRun =
        CommandRun.of(producer, "submit", file, "--check", schema.toString(), "--re-ask", "1");

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(producer.sent("POST /v1/batches"))
        .contains("\"check\":{\"schema\":{\"type\":\"object\"},\"re_ask\":1}");

    Files.writeString(schema, "type: object");
    assertThat(CommandRun.of(producer, "submit", file, "--check", schema.toString()).err())
        .isEqualTo("--check %s is not a JSON object: expected a JSON schema.\n".formatted(schema));
    assertThat(CommandRun.of(producer, "submit", file, "--re-ask", "1").err())
        .startsWith("--re-ask requires --check.");
  }

  @Test
  void fileWithAByteOrderMarkAndCarriageReturnsIsSent() throws IOException {
    String content = "\uFEFF" + (LINE.formatted("a") + LINE.formatted("b")).replace("\n", "\r\n");

    CommandRun commandRun = CommandRun.of(producer, "submit", file(content).toString());

    assertThat(commandRun.err()).startsWith("Submitting 2 requests (1 KB) to ");
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
        .startsWith(
            "Submitting 2 requests (1 KB) to %s.\nCreated batch batch_1.\n"
                .formatted(producer.url()))
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
  void stopConditionCanBeTurnedOff() throws IOException {
    Path file = file(LINE.formatted("a"));

    CommandRun commandRun =
        CommandRun.of(producer, "submit", file.toString(), "--stop-after", "never");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(producer.sent("POST /v1/batches")).doesNotContain("stop_after");
  }

  @Test
  void tierIsSentIfItIsKnown() throws IOException {
    Path file = file(LINE.formatted("a"));

    assertThat(CommandRun.of(producer, "submit", file.toString(), "--tier", "fast").err())
        .isEqualTo("--tier fast must be flex or standard.\n");
    assertThat(producer.calls).isEmpty();
    assertThat(CommandRun.of(producer, "submit", file.toString(), "--tier", "flex").exitCode())
        .isZero();
    assertThat(producer.sent("POST /v1/batches")).contains("\"tier\":\"flex\"");
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
                        "{\"event\":\"submitted\",\"batch\":\"batch_1\",\"file\":\"file-in\",\"requests\":1,\"continued\":false}"),
            line -> assertThat(line).startsWith("{\"event\":\"progress\",\"batch\":\"batch_1\""),
            line ->
                assertThat(line).startsWith("{\"event\":\"finished\",").contains(out.toString()));
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
        .endsWith(
            """
             · output: none · errors: sluice results batch_1 --errors
            Send the failed requests again: sluice retry batch_1
            """);
  }

  @Test
  void producerErrorIsPrinted() throws IOException {
    producer.reject("POST /v1/batches", 400, FakeProducer.error("Unknown endpoint."));

    CommandRun commandRun = CommandRun.of(producer, "submit", file(LINE.formatted("a")).toString());

    assertThat(commandRun.exitCode()).isEqualTo(3);
    assertThat(commandRun.err()).endsWith("\nUnknown endpoint.\n");
  }

  @Test
  void createRequestIsNotRetriedAfterConnectionError() throws IOException {
    producer.replies.put("POST /v1/batches", FakeProducer.Reply.DISCONNECT);

    CommandRun commandRun = CommandRun.of(producer, "submit", file(LINE.formatted("a")).toString());

    assertThat(commandRun.exitCode()).isEqualTo(4);
    assertThat(commandRun.err())
        .contains("The batch may have been created. Run the command again, without --new: ");
    assertThat(producer.idempotencyKeys()).hasSize(1);
  }

  @Test
  void sameCommandContinuesItsBatch() throws IOException {
    String path = file(LINE.formatted("a")).toString();
    CommandRun.of(producer, "submit", path);
    String key = producer.idempotencyKey("POST /v1/batches");
    producer.earlierBatch("batch_1", "in_progress");

    CommandRun again = CommandRun.of(producer, "submit", path, "--json");

    assertThat(again.out())
        .isEqualTo(
            "{\"event\":\"submitted\",\"batch\":\"batch_1\",\"file\":\"file-batch_1\",\"requests\":1,\"continued\":true}\n");
    assertThat(again.err())
        .isEqualTo(
            "Continuing batch batch_1, created 10 min 00 s ago.\nFollow it: sluice watch batch_1\n");
    assertThat(producer.idempotencyKeys()).containsExactly(key);
    assertThat(producer.sentBatchFiles()).hasSize(1);
  }

  @Test
  void anotherRequestOrOptionIsAnotherBatch() throws IOException {
    CommandRun.of(producer, "submit", file(LINE.formatted("a")).toString());
    CommandRun.of(producer, "submit", file(LINE.formatted("b")).toString());
    CommandRun.of(producer, "submit", file(LINE.formatted("b")).toString(), "--budget", "2");

    assertThat(producer.idempotencyKeys()).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void newBatchCanBeForcedAndIsContinuedFromThenOn() throws IOException {
    String path = file(LINE.formatted("a")).toString();
    producer.earlierBatch("batch_old", "completed");

    CommandRun forced = CommandRun.of(producer, "submit", path, "--new");

    assertThat(forced.out()).isEqualTo("batch_1\n");
    assertThat(producer.idempotencyKey("POST /v1/batches")).endsWith("-2");
    producer.earlierBatch("batch_1", "in_progress");
    assertThat(CommandRun.of(producer, "submit", path).out()).isEqualTo("batch_1\n");
    assertThat(producer.idempotencyKeys()).hasSize(1);
  }

  @Test
  void batchWhoseValidationFailedIsNotContinued() throws IOException {
    producer.earlierBatch("batch_invalid", "failed");

    CommandRun commandRun = CommandRun.of(producer, "submit", file(LINE.formatted("a")).toString());

    assertThat(commandRun.out()).isEqualTo("batch_1\n");
    assertThat(producer.idempotencyKey("POST /v1/batches")).endsWith("-2");
  }

  @Test
  void missingRequestsOfABatchAreSubmittedUnchanged() throws IOException {
    producer.reply("GET /v1/batches/batch_1", "{\"input_file_id\":\"file-in\"}");
    producer.state(
        "cancelled",
        "\"total\":3,\"completed\":1,\"failed\":1,\"cancelled\":1,\"output_file_id\":\"file-out\",\"error_file_id\":\"file-err\"");
    producer.file(
        "file-in",
        "\uFEFF"
            + LINE.formatted("a")
            + "\r\n"
            + LINE.formatted("b")
            + LINE.formatted("c").strip());
    producer.file("file-err", "{\"custom_id\":\"c\"}\n{\"custom_id\":\"a\"}\n");

    CommandRun commandRun = CommandRun.of(producer, "submit", "--missing", "batch_1");

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(producer.sentBatchFile()).isEqualTo(LINE.formatted("a") + LINE.formatted("c"));
    assertThat(producer.sent("POST /v1/files")).contains("filename=\"batch_1_missing.jsonl\"");
  }

  @Test
  void batchWithoutMissingRequestsSendsNothing() {
    producer.state("completed", "\"total\":1,\"completed\":1,\"output_file_id\":\"o\"");

    assertThat(CommandRun.of(producer, "submit", "--missing", "batch_1"))
        .isEqualTo(
            new CommandRun(
                3,
                "",
                "Batch batch_1 has no missing requests: all of them completed. Nothing was sent.\n"));
  }

  @Test
  void fileAndMissingExcludeEachOther() {
    CommandRun neither = CommandRun.of(producer, "submit");
    CommandRun both =
        CommandRun.reading(producer, LINE.formatted("a"), "submit", "-", "--missing", "batch_1");

    assertThat(List.of(neither, both))
        .containsOnly(new CommandRun(2, "", "Specify either a batch file or --missing BATCH.\n"));
    assertThat(producer.calls).isEmpty();
  }
}
