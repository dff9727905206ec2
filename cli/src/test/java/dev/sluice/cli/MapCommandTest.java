package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MapCommandTest {
  private static final String PROMPT = "Sentiment of: {{review}}";

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

  private CommandRun map(Path input, String... options) {
    return CommandRun.of(producer, arguments(input.toString(), options));
  }

  private static String[] arguments(String input, String... options) {
    List<String> arguments = new ArrayList<>(List.of("map", input, "--model", "gpt-4o-mini"));
    if (!List.of(options).contains("--prompt") && !List.of(options).contains("--prompt-file")) {
      arguments.addAll(List.of("--prompt", PROMPT));
    }
    arguments.addAll(List.of(options));
    return arguments.toArray(String[]::new);
  }

  private static String result(int row, String answer) {
    return """
        {"id":"r","custom_id":"row-%d","response":{"status_code":200,"request_id":"q","body":{"choices":[{"message":{"content":"%s"}}]}},"error":null}
        """
        .formatted(row, answer);
  }

  private static String error(int row, String code, String message) {
    return """
        {"custom_id":"row-%d","response":null,"error":{"code":"%s","message":"%s"}}
        """
        .formatted(row, code, message);
  }

  private void completed(int total, int failed) {
    producer.state(
        "completed",
        "\"created_at\":900,\"completed_at\":931,\"total\":%d,\"completed\":%d,\"failed\":%d,\"output_file_id\":\"file-out\"%s"
            .formatted(
                total,
                total - failed,
                failed,
                failed == 0 ? "" : ",\"error_file_id\":\"file-err\""));
  }

  @Test
  void rowsKeepTheirColumnsAndOrder() throws IOException {
    Path input =
        file("reviews.csv", "\uFEFFid;review\n1;\"Good;\n{{id}}\"\n2;=Bad\n3;\"Say \"\"hi\"\"\"\n");
    completed(3, 1);
    producer.file("file-out", result(3, "neutral") + result(1, "pos;itive\\n{{id}}"));
    producer.file("file-err", error(2, "content_filter", "Rejected; sorry."));
    Path out = temporary.resolve("labelled.csv");

    CommandRun commandRun = map(input, "--max-tokens", "9", "--out", out.toString());

    assertThat(commandRun.exitCode()).as(commandRun.err()).isEqualTo(1);
    assertThat(commandRun.out()).isEmpty();
    assertThat(commandRun.err())
        .startsWith(
            "Submitting 3 rows (1 KB) to %s.\nCreated batch batch_1.\n".formatted(producer.url()))
        .endsWith(
            " · output: %s · errors: in the output\nSend the failed requests again: sluice retry batch_1\n"
                .formatted(out));
    assertThat(Files.readString(out))
        .isEqualTo(
            "\uFEFFid;review;answer;error\n"
                + "1;\"Good;\n{{id}}\";\"pos;itive\n{{id}}\";\n"
                + "2;=Bad;;\"content_filter: Rejected; sorry.\"\n"
                + "3;\"Say \"\"hi\"\"\";neutral;\n");
    assertThat(producer.sentBatchFile())
        .isEqualTo(
            """
            {"custom_id":"row-1","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Sentiment of: Good;\\n{{id}}"}],"max_completion_tokens":9}}
            {"custom_id":"row-2","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Sentiment of: =Bad"}],"max_completion_tokens":9}}
            {"custom_id":"row-3","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Sentiment of: Say \\"hi\\""}],"max_completion_tokens":9}}
            """);
    assertThat(producer.sent("POST /v1/batches"))
        .contains("\"stop_after\":{\"failed\":25,\"of_first\":100}");
  }

  @Test
  void stdinAndStdoutArePipes() {
    completed(2, 0);
    producer.file("file-out", result(2, "bad") + result(1, "good"));

    CommandRun commandRun =
        CommandRun.reading(
            producer,
            "{\"review\":\"A\",\"n\":1.0}\n{\"review\":\"B\"}\n",
            arguments("-", "--out", "-", "--json", "--column", "label"));

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(commandRun.out())
        .isEqualTo(
            """
            {"review":"A","n":1.0,"label":"good","error":null}
            {"review":"B","label":"bad","error":null}
            """);
  }

  @Test
  void cutOffAndUnprocessedRowsAreMarked() throws IOException {
    Path input = file("in.csv", "review\nA\nB\nC\n");
    producer.state(
        "cancelled",
        "\"total\":3,\"completed\":1,\"failed\":1,\"cancelled\":1,\"cut_off\":1,\"output_file_id\":\"file-out\",\"error_file_id\":\"file-err\"");
    producer.file(
        "file-out",
        result(1, "go")
            .replace("\"error\":null}", "\"error\":null,\"sluice\":{\"cut_off\":true}}"));
    producer.file("file-err", error(2, "cut_off", "The provider cut off the answer."));

    CommandRun commandRun = map(input, "--max-tokens", "1");

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(commandRun.out())
        .isEqualTo(
            """
            review,answer,error
            A,go,cut_off: The provider cut off the answer at its token limit.
            B,,cut_off: The provider cut off the answer.
            C,,no_result: The batch finished (cancelled) before this request was processed.
            """);
    assertThat(commandRun.err())
        .endsWith(
            "2 answers were cut off at the token limit. Raise the limit with --max-tokens (now 1).\n");
  }

  @Test
  void dryRunPrintsTwoRequestsTokensAndPrice() throws IOException {
    Path input = file("in.csv", "review\nA\nB\nC\n");
    Path out = file("out.csv", "Paid for.");
    producer.reply(
        "POST /api/estimate",
        """
        {"tasks":3,"errors":[],"models":[{"route":"mini","model":"gpt-4o-mini","tasks":3,"prompt_tokens":1234,"completion_tokens":768,"cost":{}}],
         "cost":{"spent":0,"expected":0.5,"min":0.02,"max":0.5,"as_of":"2026-11-01","note":null}}
        """);
    producer.reply("DELETE /v1/files/file-in", "{\"id\":\"file-in\",\"deleted\":true}");

    CommandRun commandRun = map(input, "--dry-run", "--out", out.toString());

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(commandRun.out().lines())
        .containsExactlyElementsOf(producer.sentBatchFile().lines().limit(2).toList());
    assertThat(commandRun.err())
        .isEqualTo(
            """
            3 requests: about 1,234 prompt tokens, and at most 768 completion tokens.
            Estimated cost: $0.0200 to $0.50 (prices as of 2026-11-01).
            Dry run: no batch was created.
            """);
    assertThat(producer.calls)
        .extracting(FakeProducer.Call::method, FakeProducer.Call::path)
        .endsWith(tuple("DELETE", "/v1/files/file-in"))
        .doesNotContain(tuple("POST", "/v1/batches"));
    assertThat(out).hasContent("Paid for.");

    CommandRun json = map(input, "--dry-run", "--json");
    assertThat(json.out())
        .startsWith("{\"requests\":3,\"prompt_tokens\":1234,\"completion_tokens\":768,\"cost\":{")
        .contains("\"examples\":[{\"custom_id\":\"row-1\",");
  }

  @Test
  void dryRunReportsInvalidRequests() throws IOException {
    Path input = file("in.csv", "review\nA\n");
    producer.reply(
        "POST /api/estimate",
        "{\"tasks\":0,\"errors\":[{\"code\":\"invalid_body\",\"line\":1,\"message\":\"No.\"}],\"models\":[],\"cost\":{}}");
    producer.reply("DELETE /v1/files/file-in", "{}");

    CommandRun commandRun = map(input, "--dry-run");

    assertThat(commandRun).isEqualTo(new CommandRun(3, "", "line 1: invalid_body: No.\n"));
  }

  @Test
  void sampleOfRowsRunsFirst() throws IOException {
    Path input = file("in.csv", "review\nAA\nA\nAAA\nAAAA\n");
    completed(2, 0);
    completed(2, 0);
    producer.file("file-out", result(1, "1") + result(2, "2") + result(3, "3") + result(4, "4"));
    producer.reply("GET /api/batches/batch_1/cost", "{\"cost\":{\"spent\":null}}");

    CommandRun commandRun = map(input, "--sample", "2", "--yes");

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(producer.sentBatchFiles())
        .satisfiesExactly(
            sample -> assertThat(sample).contains("\"row-2\"", "\"row-4\"").hasLineCount(2),
            others -> assertThat(others).contains("\"row-1\"", "\"row-3\"").hasLineCount(2));
    assertThat(commandRun.err())
        .contains(
            "Sample of 2 of 4 rows: 2 answered, 0 cut off, 0 failed.\n",
            "The cost is unknown: no price is configured for the model.\n");
    assertThat(commandRun.out()).isEqualTo("review,answer,error\nAA,1,\nA,2,\nAAA,3,\nAAAA,4,\n");
  }

  @Test
  void sameCommandContinuesItsBatchUnlessANewOneIsForced() throws IOException {
    Path input = file("in.csv", "review\nA\n");
    completed(1, 0);
    producer.file("file-out", result(1, "good"));
    producer.earlierBatch("batch_1", "in_progress");

    CommandRun continued = map(input);

    assertThat(continued.exitCode()).as(continued.err()).isZero();
    assertThat(continued.out()).isEqualTo("review,answer,error\nA,good,\n");
    assertThat(continued.err()).startsWith("Continuing batch batch_1, created 10 min 00 s ago.\n");
    assertThat(producer.receivedNoPost()).isTrue();

    CommandRun forced = map(input, "--new", "--name", "labels", "--reuse", "7d");

    assertThat(forced.out()).isEqualTo(continued.out());
    assertThat(producer.idempotencyKey("POST /v1/batches")).endsWith("-2");
    assertThat(producer.sent("POST /v1/batches"))
        .contains("\"reuse\":\"7d\"", "\"name\":\"labels\"");
  }

  @Test
  void answersAreChecked() throws IOException {
    Path input = file("in.csv", "review\nA\n");
    Path schema = file("schema.json", "{\"type\":\"object\"}");
    completed(1, 0);
    producer.file("file-out", result(1, "{}"));

    CommandRun commandRun = map(input, "--check", schema.toString(), "--re-ask", "1");

    assertThat(commandRun.out()).isEqualTo("review,answer,error\nA,{},\n");
    assertThat(producer.sent("POST /v1/batches"))
        .contains("\"check\":{\"schema\":{\"type\":\"object\"},\"re_ask\":1}");
    assertUsageError(input, "--re-ask requires --check.", "--re-ask", "1");
  }

  @Test
  void malformedRowsAreListedAndNothingIsSent() throws IOException {
    Path csv = file("in.csv", "id,review\n1,A\n2\n3,B,C\n");
    Path jsonLines =
        file("in.jsonl", "{\"review\":1}\n{\"x\":1}\n{\"review\":2,\"answer\":3}\n5\n");

    assertThat(map(csv))
        .isEqualTo(
            new CommandRun(
                3,
                "",
                """
                line 3 has 1 values, but the header has 2 columns
                line 4 has 3 values, but the header has 2 columns
                Nothing was sent. Fix %s and run the command again.
                """
                    .formatted(csv)));
    assertThat(map(jsonLines).err())
        .isEqualTo(
            """
            line 2 has no "review"
            line 3 already has "answer"
            line 4 is not a JSON object
            Nothing was sent. Fix %s and run the command again.
            """
                .formatted(jsonLines));
    Path header = file("header.csv", "id,review\n");
    assertThat(map(header).err()).isEqualTo(header + " has no rows below the header.\n");
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void columnsAreCheckedBeforeAnythingIsSent() throws IOException {
    Path input = file("in.csv", "id, review ,twice,twice,error\n1,A,b,c,d\n");

    assertUsageError(
        input, "The input already has a column error: choose another name with --error-column.");
    assertUsageError(
        input,
        "The prompt has {{text}}, but there is no such column. The columns are: id, review, twice, twice, error.",
        "--error-column",
        "e",
        "--prompt",
        "{{review}} {{text}}");
    assertUsageError(
        input,
        "The prompt has {{twice}}, but several columns have this name: rename them.",
        "--error-column",
        "e",
        "--prompt",
        "{{twice}}");
    assertUsageError(
        input,
        "The prompt has no {{column}}, so all requests would be the same. The columns are: id, review, twice, twice, error.",
        "--error-column",
        "e",
        "--prompt",
        "Sentiment");
    assertUsageError(
        input,
        "The input already has a column id: choose another name with --column.",
        "--column",
        "id");
    assertUsageError(
        input,
        "--column and --error-column must differ (both are e).",
        "--column",
        "e",
        "--error-column",
        "e");
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void contradictoryOptionsAreUsageErrors() throws IOException {
    Path input = file("in.csv", "review\nA\n");

    assertThat(CommandRun.of(producer, "map", input.toString(), "--model", "gpt-4o").err())
        .startsWith("--prompt or --prompt-file is required");
    assertUsageError(
        input,
        "--delimiter ab must be one character, such as ; or |, or tab.",
        "--delimiter",
        "ab");
    assertUsageError(
        input,
        "--out %s/x.jsonl has another format than the input: the rows are written as CSV or TSV."
            .formatted(temporary),
        "--out",
        temporary + "/x.jsonl");
    assertThat(CommandRun.answering(producer, "review\nA\nB\n", arguments("-", "--sample", "1")))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "--sample asks on stdin, which has the rows: add --yes, or read the rows from a file.\n"));
    assertThat(producer.calls).isEmpty();
  }

  private void assertUsageError(Path input, String message, String... options) {
    assertThat(map(input, options)).isEqualTo(new CommandRun(2, "", message + "\n"));
  }

  @Test
  void answersOfAnEarlierRunAreNotReplaced() throws IOException {
    Path input = file("in.csv", "review\nA\n");
    Path out = file("out.csv", "Paid for.");

    assertThat(map(input, "--out", out.toString()).err())
        .isEqualTo(
            "--out %s exists. Specify another file, or replace it with --force.\n".formatted(out));
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void templateFromAFileAndFurtherColumnsInTheOutput() throws IOException {
    Path prompt = file("prompt.txt", "Label {{ id }}:\n{{ review }}\n");
    Path input = file("in.tsv", "id\treview\n7\tA, b\n");
    completed(1, 0);
    producer.file("file-out", result(1, "x\\ty"));

    CommandRun commandRun =
        map(input, "--prompt-file", prompt.toString(), "--column", "label", "--error-column", "e");

    assertThat(commandRun.out()).isEqualTo("id\treview\tlabel\te\n7\tA, b\t\"x\ty\"\t\n");
    assertThat(producer.sentBatchFile()).contains("\"content\":\"Label 7:\\nA, b\"");
  }
}
