package dev.sluice.system.summaries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.system.run.Documents;
import dev.sluice.system.run.LongBook;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SummariesIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String TITLE_SCHEMA =
      "{\"type\":\"object\",\"required\":[\"title\"],\"properties\":{\"title\":{\"type\":\"string\"},\"stars\":{\"type\":\"integer\"}}}";

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;

  @BeforeAll
  static void start() {
    sluice =
        RunningSluice.start(
            folder().resolve("home"),
            "--rpm",
            "1200",
            "--fault",
            "429=0.1",
            "--fault",
            "invalid-output=0.3");
  }

  @AfterAll
  static void stop() {
    sluice().close();
  }

  @Test
  void documentsBecomeSummariesInFileOrder() {
    List<String> names = Documents.write(folder().resolve("documents"), 60);
    Path file = folder().resolve("summaries.jsonl");
    int before = sluice().calls().size();

    Checkout.RunResult runResult = summarize("documents", file);

    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    Documents.assertSummarised(names, file);
    List<JsonNode> calls = callsSince(before);
    assertThat(calls).filteredOn(call -> call.path("status").asInt() == 200).hasSize(60);
    assertThat(calls)
        .extracting(call -> call.path("status").asInt())
        .contains(429)
        .containsOnly(200, 429);
    Map<String, Long> successes =
        calls.stream()
            .filter(call -> call.path("status").asInt() == 200)
            .collect(
                Collectors.groupingBy(
                    call -> call.path("request_sha256").asString(), Collectors.counting()));
    assertThat(successes.values()).allMatch(times -> times == 1);
  }

  @Test
  void killedCommandContinuesItsBatchAndRepeatsNoCall() throws InterruptedException {
    List<String> names = Documents.write(folder().resolve("killed"), 240);
    Path file = folder().resolve("killed.jsonl");
    int before = sluice().calls().size();
    Process killed = sluice().startCli(arguments("killed", file));
    await().atMost(Duration.ofMinutes(1)).until(() -> sluice().calls().size() >= before + 20);
    killed.destroyForcibly().waitFor();

    Checkout.RunResult runResult = sluice().cli(arguments("killed", file));

    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    assertThat(runResult.err()).startsWith("Continuing batch batch_");
    Documents.assertSummarised(names, file);
    assertThat(sluice().calls().subList(before, sluice().calls().size()))
        .filteredOn(call -> call.path("status").asInt() == 200)
        .hasSize(240);
    String err = runResult.err();
    String batch = err.substring(err.indexOf("batch_"), err.indexOf(','));
    Path downloaded = folder().resolve("downloaded.jsonl");
    assertThat(
            sluice()
                .cli("results", batch, "--as", "summaries", "--out", downloaded.toString())
                .exitCode())
        .isZero();
    assertThat(downloaded).hasSameTextualContentAs(file);
    assertThat(sluice().cli("results", batch, "--follow").out().lines()).hasSize(240);
  }

  @Test
  void killedCommandContinuesALongBookAndItsSummaryHasAllOfIt() throws Exception {
    Path book = Files.createDirectories(folder().resolve("book")).resolve("book.txt");
    // Without a slow part, the batch may end before the second command asks for it.
    Files.writeString(book, LongBook.text(1024 * 1024) + "\n\n[[sluice:slow=8s]]\n");
    Path file = folder().resolve("book.jsonl");
    String[] command = arguments("book", file, "--context-tokens", "12000", "--max-tokens", "400");
    int before = sluice().calls().size();
    Process killed = sluice().startCli(command);
    await().atMost(Duration.ofMinutes(1)).until(() -> sluice().calls().size() >= before + 5);
    killed.destroyForcibly().waitFor();

    Checkout.RunResult runResult = sluice().cli(command);

    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    assertThat(runResult.err())
        .contains("1 document is longer than the context length of 12,000 tokens")
        .contains("Continuing batch batch_")
        .contains("1 of 1 documents · ");
    List<JsonNode> summaries = Files.readAllLines(file).stream().map(JSON::readTree).toList();
    assertThat(summaries).hasSize(1);
    assertThat(summaries.getFirst().path("file").asString()).isEqualTo("book.txt");
    assertThat(summaries.getFirst().path("summary").asString()).contains(LongBook.FACTS);
    Map<String, Long> successes =
        sluice().calls().subList(before, sluice().calls().size()).stream()
            .filter(call -> call.path("status").asInt() == 200)
            .collect(
                Collectors.groupingBy(
                    call -> call.path("request_sha256").asString(), Collectors.counting()));
    assertThat(successes).hasSizeGreaterThan(20);
    assertThat(successes.values()).as("no call is repeated").allMatch(times -> times == 1);
  }

  @Test
  void batchFileIsSubmittedAndItsResultsRead() throws IOException {
    Path file = folder().resolve("tasks.jsonl");
    Files.writeString(
        file,
        """
        {"custom_id":"one","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Summarise: the cat sat on the mat."}]}}
        {"custom_id":"two","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"[[sluice:400]]"}]}}
        """);

    Checkout.RunResult submitted = sluice().cli("submit", file.toString());
    assertThat(submitted.exitCode()).as(submitted.err()).isZero();
    String batch = submitted.out().strip();
    Checkout.RunResult watched = sluice().cli("watch", batch);
    Checkout.RunResult results = sluice().cli("results", batch);
    Checkout.RunResult errors = sluice().cli("results", batch, "--errors");
    Checkout.RunResult status = sluice().cli("status", batch, "--json");

    assertThat(watched.exitCode()).as(watched.err()).isEqualTo(1); // exit code: one task failed
    JsonNode one = JSON.readTree(results.out());
    assertThat(one.path("custom_id").asString()).isEqualTo("one");
    assertThat(one.path("response").path("status_code").asInt()).isEqualTo(200);
    assertThat(one.path("response").path("body").path("object").asString())
        .isEqualTo("chat.completion");
    JsonNode two = JSON.readTree(errors.out());
    assertThat(two.path("custom_id").asString()).isEqualTo("two");
    assertThat(two.path("response").path("status_code").asInt()).isEqualTo(400);
    assertThat(two.path("error").isNull()).isTrue();
    JsonNode counts = JSON.readTree(status.out());
    assertThat(counts.path("completed").asInt()).isEqualTo(1);
    assertThat(counts.path("failed").asInt()).isEqualTo(1);
  }

  @Test
  void cutOffSummariesAreMarkedAndFailTheCommand() throws IOException {
    Documents.write(folder().resolve("cut-off"), 3);
    Path file = folder().resolve("cut-off.jsonl");

    Checkout.RunResult runResult = summarize("cut-off", file, "--max-tokens", "4");

    assertThat(runResult.exitCode()).isEqualTo(1);
    assertThat(runResult.err())
        .contains("3 of 3 completed · 0 failed · 3 cut off")
        .endsWith(
            "3 answers were cut off at the token limit. Raise the limit with --max-tokens (now 4).\n");
    assertThat(Files.readAllLines(file))
        .hasSize(3)
        .allMatch(line -> line.endsWith(",\"cut_off\":true}"));

    Checkout.RunResult failed =
        summarize("cut-off", file, "--force", "--max-tokens", "4", "--cut-off", "fail");

    assertThat(failed.err()).contains("0 of 3 completed · 3 failed");
    assertThat(Files.readAllLines(file))
        .hasSize(3)
        .allMatch(line -> line.contains("\"error\":{\"code\":\"cut_off\""));
  }

  @Test
  void parameterThatTheModelRejectsStopsTheBatch() {
    Documents.write(folder().resolve("rejected"), 200);
    int before = sluice().calls().size();

    Checkout.RunResult runResult =
        sluice()
            .cli(
                "summarize",
                folder().resolve("rejected").toString(),
                "--model",
                "gpt-5-mini",
                "--max-tokens",
                "100",
                "--stop-after",
                "3/200");

    assertThat(runResult.exitCode()).isEqualTo(1);
    assertThat(runResult.err())
        .contains(
            "most with invalid_request: Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "Resume it: ");
    assertThat(sluice().calls()).hasSizeLessThan(before + 200);
  }

  @Test
  void answersThatMissTheSchemaAreAskedAgainOrAccepted() throws IOException {
    Path schema = folder().resolve("schema.json");
    Files.writeString(schema, TITLE_SCHEMA);
    Path file = folder().resolve("checked.jsonl");
    Files.writeString(
        file,
        IntStream.range(0, 20)
                .mapToObj(
                    i -> checkedLine("task-" + i, "Name the title of report %d.".formatted(i)))
                .collect(Collectors.joining())
            + checkedLine("never", "[[sluice:invalid-output]] Name the title."));
    int before = sluice().calls().size();

    Checkout.RunResult submitted =
        sluice().cli("submit", file.toString(), "--check", schema.toString(), "--re-ask", "10");
    assertThat(submitted.exitCode()).as(submitted.err()).isZero();
    String batch = submitted.out().strip();
    Checkout.RunResult watched = sluice().cli("watch", batch);

    assertThat(watched.exitCode()).as(watched.err()).isEqualTo(1); // exit code: one task failed
    List<JsonNode> lines = results(batch);
    assertThat(lines)
        .hasSize(20)
        .allSatisfy(line -> assertThat(answer(line).path("title").isString()).isTrue());
    List<Integer> answers =
        lines.stream().map(line -> line.at("/sluice/check/answers").asInt()).toList();
    assertThat(answers).contains(1).anyMatch(count -> count > 1);
    JsonNode progress = JSON.readTree(sluice().cli("status", batch, "--json").out());
    assertThat(progress.path("re_asks").asInt())
        .isEqualTo(answers.stream().mapToInt(count -> count - 1).sum() + 10);
    assertThat(progress.path("attempts").asInt())
        .as("re-asks do not count as attempts")
        .isEqualTo(21);
    assertThat(progress.path("prompt_tokens").asLong())
        .isEqualTo(
            callsSince(before).stream()
                .mapToLong(call -> call.path("prompt_tokens").asLong())
                .sum());

    acceptOnlyDeadLetter(batch);

    await().atMost(SOON).until(() -> results(batch).size() == 21);
    JsonNode accepted = results(batch).getLast();
    assertThat(accepted.path("custom_id").asString()).isEqualTo("never");
    assertThat(accepted.at("/sluice/check").toString())
        .isEqualTo("{\"answers\":11,\"accepted\":true}");
    assertThat(answer(accepted).has("title")).isFalse();
  }

  private static String checkedLine(String id, String prompt) {
    return """
        {"custom_id":"%s","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","response_format":{"type":"json_schema","json_schema":{"name":"title","schema":%s}},"messages":[{"role":"user","content":"%s"}]}}
        """
        .formatted(id, TITLE_SCHEMA, prompt);
  }

  private static List<JsonNode> results(String batch) {
    return sluice().cli("results", batch).out().lines().map(JSON::readTree).toList();
  }

  private static JsonNode answer(JsonNode line) {
    return JSON.readTree(line.at("/response/body/choices/0/message/content").asString());
  }

  private static void acceptOnlyDeadLetter(String batch) {
    await().atMost(SOON).until(() -> deadLetters(batch).size() == 1);
    JsonNode deadLetter = deadLetters(batch).path(0);
    assertThat(deadLetter.path("failure_code").asString()).isEqualTo("invalid_output");
    String id = deadLetter.path("id").asString();
    assertThat(sluice().cli("dead-letters", "show", id).out())
        .contains("answer: required property 'title' not found", "\"stars\"");

    Checkout.RunResult accepted =
        sluice().cli("dead-letters", "accept", id, "--reason", "the stars suffice");

    assertThat(accepted.exitCode()).as(accepted.err()).isZero();
    assertThat(accepted.err()).startsWith("Accepted the answer of task ");
  }

  private static JsonNode deadLetters(String batch) {
    Checkout.RunResult list = sluice().cli("dead-letters", "list", "--batch", batch, "--json");
    return JSON.readTree(list.out()).path("data");
  }

  @Test
  void rowsOfATableGetTheirAnswersInOrder() throws IOException {
    StringBuilder table = new StringBuilder("\uFEFFid;text\r\n");
    for (int row = 1; row <= 40; row++) {
      table.append(
          "%d;\"The roof of warehouse-%d is good;\n{{id}} \"\"ok\"\".\"\r\n".formatted(row, row));
    }
    table.append("41;[[sluice:400]]\r\n");
    Path input = Files.writeString(folder().resolve("rows.csv"), table);
    Path output = folder().resolve("answers.csv");
    String[] map = {
      "map", input.toString(), "--model", "gpt-4o-mini", "--prompt", "Summarise: {{ text }}"
    };

    Checkout.RunResult dryRun = sluice().cli(with(map, "--dry-run"));
    int before = sluice().calls().size();
    Checkout.RunResult mapped = sluice().cli(with(map, "--out", output.toString()));

    assertThat(dryRun.exitCode()).as(dryRun.err()).isZero();
    assertThat(dryRun.out().lines())
        .hasSize(2)
        .first()
        .asString()
        .contains("\"Summarise: The roof of warehouse-1 is good;\\n{{id}} \\\"ok\\\".\"");
    assertThat(dryRun.err()).startsWith("41 requests: about ").contains("Estimated cost: $");
    assertThat(mapped.exitCode()).as(mapped.err()).isEqualTo(1); // exit code: one row failed
    assertThat(sluice().calls().subList(before, sluice().calls().size()))
        .filteredOn(call -> call.path("status").asInt() == 200)
        .hasSize(40);
    String written = Files.readString(output);
    assertThat(written).startsWith("\uFEFFid;text;answer;error\r\n");
    List<String> rows = List.of(written.split("\r\n"));
    assertThat(rows).hasSize(42);
    for (int row = 1; row <= 40; row++) {
      String start =
          "%d;\"The roof of warehouse-%d is good;\n{{id}} \"\"ok\"\".\";".formatted(row, row);
      assertThat(rows.get(row)).startsWith(start).endsWith(";");
      assertThat(rows.get(row).substring(start.length())).contains("warehouse-" + row);
    }
    assertThat(rows.get(41)).startsWith("41;[[sluice:400]];;").contains(": ");
  }

  @Test
  void membersOfTheSchemaBecomeColumnsAndMissedOnesAnError() throws IOException {
    Path schema = Files.writeString(folder().resolve("columns.json"), TITLE_SCHEMA);
    Path input = folder().resolve("titles.csv");
    Files.writeString(
        input,
        "id,text\n"
            + IntStream.range(0, 40)
                .mapToObj("%1$d,The roof of house %1$d leaks.\n"::formatted)
                .collect(Collectors.joining()));

    Checkout.RunResult mapped =
        sluice()
            .cli(
                "map",
                input.toString(),
                "--model",
                "gpt-4o-mini",
                "--prompt",
                "{{text}}",
                "--check",
                schema.toString(),
                "--re-ask",
                "0",
                "--stop-after",
                "never",
                "--param",
                "response_format={\"type\":\"json_schema\",\"json_schema\":{\"name\":\"t\",\"schema\":%s}}"
                    .formatted(TITLE_SCHEMA));

    assertThat(mapped.exitCode()).as(mapped.err()).isEqualTo(1); // some answers miss the schema
    List<String> rows = mapped.out().lines().toList();
    assertThat(rows).hasSize(41).first().isEqualTo("id,text,title,stars,error");
    String missed = ".*leaks\\.,,,invalid_output: answer: required property 'title' not found";
    assertThat(rows.subList(1, 41))
        .allMatch(row -> row.matches("\\d+,.*leaks\\.,[^,]+,1,") || row.matches(missed))
        .anyMatch(row -> row.matches(missed))
        .anyMatch(row -> !row.matches(missed));
  }

  private static String[] with(String[] arguments, String... options) {
    return Stream.concat(Arrays.stream(arguments), Arrays.stream(options)).toArray(String[]::new);
  }

  @Test
  void unknownModelIsOneErrorLineWithoutCalls() throws IOException {
    Documents.write(folder().resolve("few"), 2);

    Checkout.RunResult runResult =
        sluice()
            .cli("summarize", folder().resolve("few").toString(), "--model", "gpt-9", "--out", "-");

    assertThat(runResult.exitCode()).isEqualTo(3);
    assertThat(runResult.err())
        .contains("gpt-9")
        .doesNotContain("Exception")
        .doesNotContain("\tat ");
    assertThat(sluice().calls()).noneMatch(call -> call.path("model").asString("").equals("gpt-9"));
  }

  @Test
  void amqpClientExamplePublishesATaskAndReadsItsResult() throws Exception {
    Path example = Checkout.root().resolve("docs/examples/amqp-client/send_task.py");
    String python = "/usr/bin/python3";
    assumeTrue(succeeds(python, "-c", "import pika"), "python3 with pika is not installed");
    ProcessBuilder builder =
        new ProcessBuilder(
            python,
            example.toString(),
            "default",
            "gpt-4o-mini",
            "Summarise: The cat sat on the mat.");
    builder.environment().putAll(sluice().environment());

    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isZero();
    assertThat(out).contains("The cat sat on the mat.");
  }

  private static boolean succeeds(String... command) throws Exception {
    return new ProcessBuilder(command).start().waitFor() == 0;
  }

  /** Without those of another model: a batch that was paused may still have calls in flight. */
  private static List<JsonNode> callsSince(int before) {
    List<JsonNode> calls = sluice().calls();
    return calls.subList(before, calls.size()).stream()
        .filter(call -> call.path("model").asString("").equals("gpt-4o-mini"))
        .toList();
  }

  private static Checkout.RunResult summarize(String documents, Path out, String... options) {
    return sluice().cli(arguments(documents, out, options));
  }

  private static String[] arguments(String documents, Path out, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "summarize",
                folder().resolve(documents).toString(),
                "--prompt",
                "Summarise this document in two sentences.",
                "--model",
                "gpt-4o-mini",
                "--out",
                out.toString()));
    arguments.addAll(List.of(options));
    return arguments.toArray(String[]::new);
  }

  private static RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }

  private static Path folder() {
    return Objects.requireNonNull(folder);
  }
}
