package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.json.JsonValues;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SummarizeCommandTest {
  private FakeProducer producer;
  @TempDir private Path temporary;
  private Path docs;

  @BeforeEach
  void start() throws IOException {
    producer = new FakeProducer();
    docs = Files.createDirectories(temporary.resolve("docs"));
  }

  @AfterEach
  void stop() {
    producer.close();
  }

  private void write(String name, String text) throws IOException {
    Path file = docs.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String result(String id, String summary) {
    return """
        {"id":"r","custom_id":"%s","response":{"status_code":200,"request_id":"q","body":{"choices":[{"message":{"content":"%s"}}]}},"error":null}
        """
        .formatted(id, summary);
  }

  private void completed(int total, int failed) {
    producer.state(
        "completed",
        """
        "created_at":900,"completed_at":931,"total":%d,"completed":%d,"failed":%d,"throttles":17,
        "prompt_tokens":182304,"completion_tokens":21411,"output_file_id":"file-out"%s
        """
            .formatted(
                total,
                total - failed,
                failed,
                failed == 0 ? "" : ",\"error_file_id\":\"file-err\""));
  }

  private CommandRun summarize(String... options) {
    String[] arguments = new String[4 + options.length];
    arguments[0] = "summarize";
    arguments[1] = docs.toString();
    arguments[2] = "--model";
    arguments[3] = "gpt-4o-mini";
    System.arraycopy(options, 0, arguments, 4, options.length);
    return CommandRun.of(producer, arguments);
  }

  @Test
  void summariesHaveOrderAndNamesOfDocuments() throws IOException {
    write("b.txt", "Bees.");
    write("a/ü \"x\".txt", "\uFEFFAnts.");
    write(".hidden", "no");
    write(".git/config", "no");
    Files.createSymbolicLink(docs.resolve("a/loop"), docs);
    producer.state("in_progress", "\"created_at\":900,\"total\":2,\"completed\":1");
    completed(2, 0);
    producer.file(
        "file-out", result("b.txt", "On bees.") + result("a/ü \\\"x\\\".txt", "On ants."));

    Path out = temporary.resolve("s.jsonl");
    CommandRun commandRun =
        summarize("--prompt", "Short.", "--max-tokens", "50", "--out", out.toString());

    assertThat(commandRun.err())
        .isEqualTo(
            """
            Submitting 2 documents (1 KB) to %s.
            Created batch batch_1.
            1 of 2 completed · 0 failed · 1 unfinished
            2 of 2 completed · 0 failed · 0 unfinished · completed · 17 responses with 429
            2 of 2 completed in 31 s · 0 failed · 17 responses with 429 · 182,304 prompt + 21,411 completion tokens · output: %s
            """
                .formatted(producer.url(), out));
    assertThat(commandRun.exitCode()).isZero();
    assertThat(commandRun.out()).isEmpty();
    assertThat(out)
        .hasContent(
            """
            {"file":"a/ü \\"x\\".txt","summary":"On ants."}
            {"file":"b.txt","summary":"On bees."}
            """);
    assertThat(producer.sentBatchFile())
        .isEqualTo(
            """
            {"custom_id":"a/ü \\"x\\".txt","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"system","content":"Short."},{"role":"user","content":"Ants."}],"max_completion_tokens":50}}
            {"custom_id":"b.txt","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"system","content":"Short."},{"role":"user","content":"Bees."}],"max_completion_tokens":50}}
            """);
    assertThat(producer.sent("POST /v1/batches"))
        .isEqualTo(
            "{\"input_file_id\":\"file-in\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\",\"stop_after\":{\"failed\":25,\"of_first\":100}}");
    assertThat(temporary).isDirectoryNotContaining(file -> file.toString().endsWith(".tmp"));
  }

  @Test
  void textPartsOfReasoningModelAreTheSummary() throws IOException {
    write("a.txt", "A.");
    completed(1, 0);
    producer.file(
        "file-out",
        """
        {"id":"r","custom_id":"a.txt","response":{"status_code":200,"request_id":"q","body":{"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]},{"type":"text","text":"On "},{"type":"text","text":"a."}]}}]}},"error":null}
        """);

    Path out = temporary.resolve("s.jsonl");
    CommandRun commandRun = summarize("--out", out.toString());

    assertThat(commandRun.exitCode()).isZero();
    assertThat(out).hasContent("{\"file\":\"a.txt\",\"summary\":\"On a.\"}\n");
  }

  @Test
  void aWrongKeyIsReportedWhileNoDocumentFinishes() throws IOException {
    write("a.txt", "A.");
    for (int i = 0; i < 40; i++) {
      producer.state("in_progress", "\"created_at\":900,\"total\":1,\"completed\":0");
    }
    completed(1, 0);
    producer.file("file-out", result("a.txt", "On a."));
    producer.reply(
        "GET /api/batches/batch_1/why",
        "{\"kind\":\"hold\",\"sentence\":\"The provider rejects the API key with HTTP 401.\"}");

    CommandRun commandRun = summarize();

    assertThat(commandRun.exitCode()).isZero();
    assertThat(commandRun.err())
        .containsOnlyOnce("The provider rejects the API key with HTTP 401.\n");
  }

  @Test
  void failedDocumentHasErrorInItsPlace() throws IOException {
    write("a.txt", "A.");
    write("b.txt", "B.");
    write("c.txt", "C.");
    completed(3, 1);
    producer.file("file-out", result("c.txt", "On c."));
    producer.file(
        "file-err",
        """
        {"custom_id":"b.txt","response":{"status_code":400,"body":{"error":{"code":"context_length_exceeded","message":"Too long."}}},"error":null}
        """);

    CommandRun commandRun = summarize();

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(commandRun.err())
        .endsWith(
            """
             · output: stdout · errors: in the output
            Send the failed requests again: sluice retry batch_1
            """);
    assertThat(commandRun.out())
        .isEqualTo(
            """
            {"file":"a.txt","error":{"code":"no_result","message":"The batch finished (completed) before this request was processed."}}
            {"file":"b.txt","error":{"code":"context_length_exceeded","message":"Too long."}}
            {"file":"c.txt","summary":"On c."}
            """);
  }

  @Test
  void replyWithoutTextIsAnError() throws IOException {
    write("a.txt", "A.");
    write("b.txt", "B.");
    completed(2, 0);
    producer.file(
        "file-out",
        result("a.txt", "")
            + """
              {"custom_id":"b.txt","response":{"status_code":200,"body":{"choices":[{"finish_reason":"length","message":{"content":" \\n"}}]}},"error":null}
              """);

    assertThat(summarize().out())
        .isEqualTo(
            """
            {"file":"a.txt","error":{"code":"no_content","message":"The model returned no text (finish_reason: none)."}}
            {"file":"b.txt","error":{"code":"no_content","message":"The model returned no text (finish_reason: length)."}}
            """);
  }

  @Test
  void cutOffSummariesAreMarkedAndFailTheCommand() throws IOException {
    write("a.txt", "A.");
    write("b.txt", "B.");
    write("c.txt", "C.");
    producer.state(
        "completed",
        "\"total\":3,\"completed\":2,\"failed\":1,\"cut_off\":1,\"output_file_id\":\"file-out\",\"error_file_id\":\"file-err\"");
    producer.file(
        "file-out",
        result("a.txt", "On a.")
            + result("b.txt", "On")
                .replace("\"error\":null}", "\"error\":null,\"sluice\":{\"cut_off\":true}}"));
    producer.file(
        "file-err",
        """
        {"custom_id":"c.txt","response":null,"error":{"code":"cut_off","message":"The provider cut off the answer."}}
        """);

    CommandRun commandRun = summarize("--max-tokens", "9");

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(commandRun.out())
        .isEqualTo(
            """
            {"file":"a.txt","summary":"On a."}
            {"file":"b.txt","summary":"On","cut_off":true}
            {"file":"c.txt","error":{"code":"cut_off","message":"The provider cut off the answer."}}
            """);
    assertThat(commandRun.err())
        .contains("2 of 3 completed · 1 failed · 1 cut off · 0 unfinished · completed\n")
        .endsWith(
            "2 answers were cut off at the token limit. Raise the limit with --max-tokens (now 9).\n");
  }

  @Test
  void longDocumentIsSplitByTheProducerAndItsMissingPartsAreNamed() throws IOException {
    write("book.txt", "Some words of a book. ".repeat(500));
    write("note.txt", "A note.");
    producer.state(
        "in_progress",
        "\"created_at\":900,\"total\":9,\"completed\":4,\"documents\":{\"total\":2,\"finished\":1,\"split\":1,\"parts\":7,\"parts_finished\":3}");
    completed(9, 1);
    producer.file("file-err", "");
    producer.file(
        "file-out",
        result("book.txt#1/7", "A part.")
            + result("note.txt", "On a note.")
            + result("book.txt", "On a book.")
                .replace(
                    "\"error\":null",
                    "\"error\":null,\"sluice\":{\"partial\":true,\"missing\":[\"part 3 (p. 4-6)\"]}"));
    Path out = temporary.resolve("s.jsonl");

    CommandRun commandRun =
        summarize("--context-tokens", "2000", "--partial", "keep", "--out", out.toString());

    assertThat(commandRun.err())
        .startsWith(
            "1 document is longer than the context length of 2,000 tokens (--context-tokens) and will be split into parts.\n")
        .contains("1 of 2 documents · 3 of 7 parts of 1 long one · 0 failed");
    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(producer.sentBatchFile().lines())
        .hasSize(2)
        .first()
        .asString()
        .endsWith("]},\"sluice\":{\"split\":{\"context_tokens\":2000,\"partial\":\"keep\"}}}");
    assertThat(producer.sentBatchFile().lines()).last().asString().doesNotContain("sluice");
    assertThat(out)
        .hasContent(
            """
            {"file":"book.txt","summary":"On a book.","partial":true,"missing":["part 3 (p. 4-6)"]}
            {"file":"note.txt","summary":"On a note."}
            """);
  }

  @Test
  void cutOffSummariesAreMarkedInText() throws IOException {
    write("b.txt", "B.");
    completed(1, 0);
    producer.file(
        "file-out",
        result("b.txt", "On")
            .replace("\"error\":null}", "\"error\":null,\"sluice\":{\"cut_off\":true}}"));
    Path out = temporary.resolve("s.md");

    CommandRun commandRun = summarize("--out", out.toString());

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(commandRun.err())
        .endsWith(
            "1 answer was cut off at the token limit. Set a higher limit with --max-tokens.\n");
    assertThat(out).hasContent("## b.txt\n\nOn\n\n[cut off at the token limit]\n\n");
  }

  @Test
  void existingOutputFileIsNotReplaced() throws IOException {
    write("a.txt", "A.");
    Path out = Files.writeString(temporary.resolve("s.md"), "Paid for.");

    CommandRun commandRun = summarize("--out", out.toString());

    assertThat(commandRun)
        .isEqualTo(
            new CommandRun(
                3,
                "",
                "--out %s exists. Specify another file, or replace it with --force.\n"
                    .formatted(out)));
    assertThat(out).hasContent("Paid for.");
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void promptFileAndParametersAreSent() throws IOException {
    write("a.txt", "A.");
    Path prompt = Files.writeString(temporary.resolve("prompt.txt"), "Two\nlines.\n");

    CommandRun commandRun =
        summarize(
            "--no-wait",
            "--prompt-file",
            prompt.toString(),
            "--param",
            "temperature=0.2",
            "--param",
            "reasoning_effort=low",
            "--cut-off",
            "fail",
            "--stop-after",
            "30%/200",
            "--budget",
            "2.50");

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(producer.sentBatchFile())
        .contains(
            "{\"role\":\"system\",\"content\":\"Two\\nlines.\"}",
            "],\"temperature\":0.2,\"reasoning_effort\":\"low\"}}");
    assertThat(producer.sent("POST /v1/batches"))
        .endsWith(
            ",\"cut_off\":\"fail\",\"stop_after\":{\"failed_ratio\":0.30,\"of_first\":200},\"budget\":2.50}");
  }

  @Test
  void contradictoryOptionsAreUsageErrors() throws IOException {
    write("a.txt", "A.");

    assertUsageError(
        "Use only one of --prompt and --prompt-file.", "--prompt", "x", "--prompt-file", "y");
    assertUsageError("--param model is not possible: the command sets it.", "--param", "model=m");
    assertUsageError(
        "Use only one of --max-tokens and --param max_tokens.",
        "--max-tokens",
        "5",
        "--param",
        "max_tokens=6");
    assertUsageError("--cut-off no must be keep or fail.", "--cut-off", "no");
    assertUsageError(
        "--stop-after 9/5 must be a number or a percentage of failures among the first tasks, such as 25/100 or 30%/100, or never.",
        "--stop-after", "9/5");
    assertUsageError("--budget (0) must be above 0 US dollars.", "--budget", "0");
    assertUsageError(
        "--reuse never must be a number of minutes (m), hours (h) or days (d), such as 7d.",
        "--reuse",
        "never");
    assertThat(summarize("--budget", "abc").err())
        .isEqualTo(
            "Invalid value for option '--budget': 'abc' is not a number. Try `sluice summarize --help`.\n");
    assertUsageError(
        "--sample waits for its documents: remove --no-wait.", "--sample", "1", "--no-wait");
    assertUsageError(
        "--sample asks before it continues: add --yes, or run it in a terminal.", "--sample", "1");
    assertThat(producer.calls).isEmpty();
  }

  private void assertUsageError(String message, String... options) {
    assertThat(summarize(options)).isEqualTo(new CommandRun(2, "", message + "\n"));
  }

  /** Five documents, whose sizes grow, of which a sample has the smallest and the largest. */
  private void fiveDocuments() throws IOException {
    StringBuilder results = new StringBuilder();
    for (int i = 1; i <= 5; i++) {
      write(i + ".txt", "x".repeat(1000 * i));
      results.append(result(i + ".txt", "On " + i));
    }
    producer.file("file-out", results.toString());
    producer.reply(
        "GET /api/batches/batch_1/cost",
        "{\"budget\":null,\"cost\":{\"spent\":0.06,\"as_of\":\"2026-11-01\",\"note\":null}}");
  }

  @Test
  void sampleRunsFirstAndIsNotRepeated() throws IOException {
    fiveDocuments();
    completed(2, 0);
    completed(3, 0);

    CommandRun commandRun = summarize("--sample", "2", "--yes");

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(producer.sentBatchFiles()).hasSize(2);
    assertThat(producer.sentBatchFiles().getFirst())
        .contains("\"custom_id\":\"1.txt\"", "\"custom_id\":\"5.txt\"")
        .hasLineCount(2);
    assertThat(producer.sentBatchFiles().getLast()).hasLineCount(3);
    assertThat(commandRun.out().lines()).hasSize(5).last().asString().contains("5.txt", "On 5");
    assertThat(commandRun.err())
        .contains(
            "Sample of 2 of 5 documents: 2 answered, 0 cut off, 0 failed.\n",
            "Estimated cost of all 5 documents: $0.15 (the sample cost $0.0600; prices as of 2026-11-01).\n");
  }

  @Test
  void reusedAnswersDoNotLowerTheEstimateOfTheSample() throws IOException {
    fiveDocuments();
    String reused = ",\"sluice\":{\"reused\":true}}\n";
    producer.file(
        "file-out", result("1.txt", "On 1") + result("5.txt", "On 5").replace("}\n", reused));
    producer.state(
        "completed", "\"total\":2,\"completed\":2,\"reused\":1,\"output_file_id\":\"file-out\"");

    CommandRun oneReused = sampleOfTwo();

    // 1.txt has about 1,150 of 15,750 bytes and cost $0.06.
    assertThat(oneReused.err())
        .containsPattern(
            "Estimated cost of all 5 documents, if none is reused: \\$0\\.[78]\\d* \\(the sample cost \\$0\\.0600, with 1 reused; ");

    producer.file(
        "file-out",
        result("1.txt", "On 1").replace("}\n", reused)
            + result("5.txt", "On 5").replace("}\n", reused));
    producer.reply("GET /api/batches/batch_1/cost", "{\"cost\":{\"spent\":null}}");
    assertThat(sampleOfTwo().err())
        .contains(
            "The cost of all 5 documents cannot be estimated: stored results answered the whole sample.\n");
  }

  @Test
  void documentThatIsLargerThanARequestIsSentInSections() throws IOException {
    write("book.txt", "A sentence of a very long book.\n".repeat(12 * 1024 * 1024 / 32));

    CommandRun commandRun =
        summarize("--no-wait", "--partial", "keep", "--prompt", "Keep {{answers}} as it is.");

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(commandRun.err()).contains("1 document is longer than the context length");
    List<JsonNode> lines =
        producer
            .sentBatchFile()
            .lines()
            .map(line -> JsonValues.read(line.getBytes(UTF_8)))
            .toList();
    assertThat(lines)
        .extracting(line -> line.path("custom_id").asString())
        .containsExactly("book.txt#section 1/2", "book.txt#section 2/2", "book.txt");
    assertThat(lines.getFirst().path("sluice").path("split").path("partial").asString())
        .isEqualTo("keep");
    JsonNode whole = lines.getLast();
    assertThat(whole.path("sluice").path("depends_on").get(1).asString())
        .isEqualTo("book.txt#section 2/2");
    assertThat(whole.path("sluice").path("partial").asString()).isEqualTo("keep");
    assertThat(whole.path("sluice").path("max_tokens").asLong()).isGreaterThan(10_000);
    assertThat(whole.path("body").path("messages").get(1).path("content").asString())
        .contains("the answers for its 2 sections")
        .endsWith("\n\n{{answers}}");
    assertThat(producer.sentBatchFile()).containsOnlyOnce("\\u007b{answers}} as it is.");
  }

  @Test
  void reusedPartsOfALongDocumentDoNotLowerTheEstimate() throws IOException {
    fiveDocuments();
    producer.file(
        "file-out",
        result("1.txt", "On 1")
            + result("5.txt", "On 5")
            + result("5.txt#1/2", "Part 1").replace("}\n", ",\"sluice\":{\"reused\":true}}\n")
            + result("5.txt#2/2", "Part 2"));
    producer.state(
        "completed", "\"total\":4,\"completed\":4,\"reused\":1,\"output_file_id\":\"file-out\"");

    // 1.txt and half of 5.txt are about 3,800 of 15,750 bytes.
    assertThat(sampleOfTwo().err())
        .containsPattern("Estimated cost of all 5 documents, if none is reused: \\$0\\.2\\d+ ");
  }

  private CommandRun sampleOfTwo() {
    return CommandRun.answering(
        producer, "n\n", "summarize", docs.toString(), "--model", "gpt-4o", "--sample", "2");
  }

  @Test
  void otherDocumentsAreSentOnlyIfTheUserAgrees() throws IOException {
    fiveDocuments();
    completed(2, 0);

    CommandRun declined = sampleOfTwo();

    assertThat(declined.exitCode()).isEqualTo(1);
    assertThat(declined.err())
        .contains("Send the other documents? [y/N] ")
        .endsWith(
            "The other documents were not sent. Results of the sample: sluice results batch_1\n");
    assertThat(producer.sentBatchFiles()).hasSize(1);
    CommandRun accepted =
        CommandRun.answering(
            producer, "y\n", "summarize", docs.toString(), "--model", "gpt-4o", "--sample", "2");
    assertThat(accepted.exitCode()).as(accepted.err()).isZero();
  }

  @Test
  void interruptedRunIsContinuedWithoutAnUploadOrAQuestion() throws IOException {
    fiveDocuments();
    completed(2, 0);
    completed(3, 0);
    producer.earlierBatch("batch_1", "completed");

    CommandRun commandRun =
        CommandRun.onTerminal(
            producer, 200, "summarize", docs.toString(), "--model", "gpt-4o", "--sample", "2");

    assertThat(commandRun.exitCode()).as(commandRun.err()).isZero();
    assertThat(commandRun.out().lines()).hasSize(5);
    assertThat(commandRun.err())
        .contains(
            "Batch batch_1, created 10 min 00 s ago, has these requests. Send them again in a new batch with --new.\n")
        .doesNotContain("Submitting", "[y/N]");
    assertThat(producer.receivedNoPost()).isTrue();
  }

  @Test
  void sampleWithoutAnySummaryEndsTheCommand() throws IOException {
    fiveDocuments();
    producer.state("completed", "\"total\":2,\"failed\":2,\"error_file_id\":\"file-err\"");
    String rejected =
        """
        {"custom_id":"%d.txt","response":{"status_code":400,"body":{"error":{"code":"unsupported_parameter","message":"Unsupported parameter."}}},"error":null}
        """;
    producer.file("file-err", rejected.formatted(1) + rejected.formatted(5));

    CommandRun commandRun = summarize("--sample", "2", "--yes");

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(commandRun.err())
        .endsWith(
            """
            Sample of 2 of 5 documents: 0 answered, 0 cut off, 2 failed.
            Most frequent failure: unsupported_parameter: Unsupported parameter.
            No document of the sample was answered: the others were not sent.
            """);
    assertThat(producer.sentBatchFiles()).hasSize(1);
  }

  @Test
  void unservedModelIsRejectedBeforeUpload() throws IOException {
    write("a.txt", "A.");

    CommandRun commandRun =
        CommandRun.of(producer, "summarize", docs.toString(), "--model", "nope");

    assertThat(commandRun)
        .isEqualTo(
            new CommandRun(
                3,
                "",
                "no route serves the model 'nope'; the models are gpt-4o-mini, gpt-4o, claude-*\n"));
    assertThat(producer.receivedNoPost()).isTrue();
    assertThat(
            CommandRun.of(
                    producer, "summarize", docs.toString(), "--model", "claude-x", "--no-wait")
                .exitCode())
        .isZero();
  }

  @Test
  void emptyModelIsUsageError() {
    assertThat(CommandRun.of(producer, "summarize", docs.toString(), "--model", ""))
        .isEqualTo(new CommandRun(2, "", "--model is empty: specify a model.\n"));
  }

  @Test
  void markdownFileHasHeadingPerDocument() throws IOException {
    write("a.txt", "A.");
    completed(1, 0);
    producer.file("file-out", result("a.txt", "On a."));
    Path out = docs.resolve("s.md");
    Files.writeString(out, "Output of an earlier run, not a document.");

    CommandRun commandRun = summarize("--out", out.toString(), "--force", "--json");

    assertThat(out).hasContent("## a.txt\n\nOn a.\n\n");
    assertThat(producer.sentBatchFile().lines()).hasSize(1);
    assertThat(commandRun.out())
        .isEqualTo(
            """
            {"event":"finished","batch":"batch_1","status":"completed","total":1,"completed":1,"failed":0,"expired":0,"cancelled":0,"cut_off":0,"reused":0,"throttles":17,"prompt_tokens":182304,"completion_tokens":21411,"seconds":31,"output_file_id":"file-out","error_file_id":null,"output":"%s","errors":[]}
            """
                .formatted(out));
  }

  @Test
  void noWaitPrintsOnlyBatchId() throws IOException {
    write("a.txt", "A.");

    CommandRun commandRun = summarize("--no-wait", "--name", "reports");

    assertThat(commandRun.out()).isEqualTo("batch_1\n");
    assertThat(commandRun.err()).endsWith("Follow it: sluice watch batch_1\n");
    assertThat(producer.sent("POST /v1/batches")).contains("\"metadata\":{\"name\":\"reports\"}");
  }

  @Test
  void allUnreadableFilesAreListedAndNothingIsSent() throws IOException {
    write("a.txt", "A.");
    Files.write(docs.resolve("b.bin"), new byte[] {1, 0, 2});
    Files.write(docs.resolve("c.txt"), "Grüße".getBytes(ISO_8859_1));
    try (RandomAccessFile large = new RandomAccessFile(docs.resolve("d.txt").toFile(), "rw")) {
      large.setLength(33L * 1024 * 1024);
    }
    Files.createSymbolicLink(docs.resolve("e.txt"), docs.resolve("gone"));
    Files.write(docs.resolve("f.gz"), new byte[] {0x1F, (byte) 0x8B, 8, 0});
    Files.write(docs.resolve("g.txt"), "\uFEFFG".getBytes(UTF_16LE));

    CommandRun commandRun = summarize();

    assertThat(commandRun.exitCode()).isEqualTo(3);
    assertThat(commandRun.err())
        .isEqualTo(
            """
            e.txt is a broken link
            b.bin is binary (a NUL byte at offset 1)
            c.txt is not UTF-8 (byte 0xFC at offset 2; possibly Latin-1): convert it to UTF-8
            d.txt is too large (33.0 MiB; the maximum size of a document is 32 MiB): divide it into several files
            f.gz is compressed with gzip: decompress it first
            g.txt is UTF-16: convert it to UTF-8, for example with iconv -f UTF-16 -t UTF-8
            Nothing was sent. Exclude these files with --skip-unreadable or --glob.
            """);
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void listOfUnreadableFilesIsLimited() throws IOException {
    for (int i = 10; i < 67; i++) {
      Files.write(docs.resolve(i + ".bin"), new byte[1]);
    }
    CommandRun commandRun = summarize();

    assertThat(commandRun.exitCode()).isEqualTo(3);
    assertThat(commandRun.err().lines()).hasSize(22).contains("and 37 more");
  }

  @Test
  void unreadableFilesCanBeSkipped() throws IOException {
    write("a.txt", "A.");
    Files.write(docs.resolve("b.bin"), new byte[1]);
    completed(1, 0);
    producer.file("file-out", result("a.txt", "On a."));

    CommandRun commandRun = summarize("--skip-unreadable");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(commandRun.err())
        .startsWith("b.bin is binary (a NUL byte at offset 0)\nSkipped 1 file.\n");
    assertThat(commandRun.out()).isEqualTo("{\"file\":\"a.txt\",\"summary\":\"On a.\"}\n");
  }

  @Test
  void globSelectsDocuments() throws IOException {
    write("a.md", "A.");
    write("sub/b.md", "B.");
    write("c.txt", "C.");

    assertThat(summarize("--no-wait", "--glob", "**/*.md").exitCode()).isZero();
    assertThat(producer.sentBatchFile().lines()).hasSize(2);
    assertThat(summarize("--glob", "*.rst").err())
        .isEqualTo("Folder %s contains no files that match --glob *.rst.\n".formatted(docs));
  }

  @Test
  void invalidFolderIsRejected() throws IOException {
    assertThat(summarize().err()).isEqualTo("Folder %s contains no files.\n".formatted(docs));
    Path file = Files.writeString(temporary.resolve("f"), "x");
    CommandRun notFolder = CommandRun.of(producer, "summarize", file.toString(), "--model", "m");
    assertThat(notFolder.err()).isEqualTo("%s is a file: specify a folder.\n".formatted(file));
    CommandRun missing = CommandRun.of(producer, "summarize", "/no/such", "--model", "m", "--json");
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.err()).isEqualTo("Folder /no/such does not exist.\n");
    assertThat(missing.out())
        .isEqualTo(
            "{\"error\":{\"exit_code\":3,\"messages\":[\"Folder /no/such does not exist.\"]}}\n");
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void unwritableOutputIsRejectedBeforeUpload() throws IOException {
    write("a.txt", "A.");

    CommandRun commandRun = summarize("--out", temporary + "/none/s.md");

    assertThat(commandRun.exitCode()).isEqualTo(3);
    assertThat(commandRun.err())
        .isEqualTo(
            "Cannot write --out %1$s/none/s.md: folder %1$s/none does not exist.\n"
                .formatted(temporary));
    assertThat(summarize("--out", temporary + "/s.pdf").exitCode()).isEqualTo(2);
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void allValidationErrorsArePrinted() throws IOException {
    write("a.txt", "A.");
    producer.state(
        "failed",
        """
        "total":0,"errors":[
          {"code":"model_not_found","line":1,"message":"No route for gpt-9.","param":"model"},
          {"code":"invalid_body","line":2,"message":"No messages."},
          {"code":"model_not_found","line":3,"message":"No route for gpt-9.","param":"model"},
          {"code":"model_not_found","line":4,"message":"No route for gpt-9.","param":"model"},
          {"code":"empty_file","line":null,"message":"The file is empty."}]
        """);
    Path out = temporary.resolve("s.md");

    CommandRun commandRun = summarize("--out", out.toString());

    assertThat(commandRun.exitCode()).isEqualTo(1);
    assertThat(commandRun.err())
        .endsWith(
            """
            lines 1, 3-4: model_not_found: No route for gpt-9.
            line 2: invalid_body: No messages.
            empty_file: The file is empty.
            Validation of batch batch_1 failed: no task was run. Fix the file and submit it again.
            """);
    assertThat(out).doesNotExist();
  }
}
