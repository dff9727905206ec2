package dev.sluice.cli;

import static dev.sluice.cli.McpRun.call;
import static dev.sluice.cli.McpRun.callMessage;
import static dev.sluice.cli.McpRun.request;
import static dev.sluice.cli.McpRun.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.json.JsonValues;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The tools of {@code sluice mcp}. */
class McpToolsTest {
  private static final String[] READ_TOOLS = {
    "status",
    "list_batches",
    "get_batch",
    "get_results",
    "get_task",
    "list_routes",
    "get_route",
    "plan_workers",
    "list_dead_letters",
    "count_dead_letters",
    "get_dead_letter",
    "get_dead_letter_job"
  };
  private static final String[] WRITE_TOOLS = {
    "pause_batch",
    "resume_batch",
    "cancel_batch",
    "hold_route",
    "release_route",
    "replay_dead_letters",
    "discard_dead_letters"
  };
  private static final String DEAD_LETTER =
      """
      {"id":"L1","state":"open","task_id":"T1","run":1,"custom_id":"doc-1","route":"mini","model":"gpt-4o-mini",\
      "failure_code":"invalid_request","failure":"bad","worker":"w","dead_lettered_at":1000,\
      "failure_detail":"bad prompt","request":"%s"}""";
  private static final String JOB =
      "{\"id\":%s,\"state\":\"%s\",\"matched\":7,\"limit\":5,\"succeeded\":4,\"rejected\":0}";

  private FakeProducer producer;

  @BeforeEach
  void start() throws IOException {
    producer = new FakeProducer();
    producer.reply(
        "GET /v1/batches", "{\"data\":[{\"id\":\"batch_1\",\"status\":\"in_progress\"}]}");
    producer.state("in_progress", "\"total\":7,\"completed\":3");
    producer.reply("GET /api/batches/batch_1/why", "{\"sentence\":\"Limited by tokens/min.\"}");
    producer.reply(
        "GET /api/tasks/T1", "{\"task\":{\"id\":\"T1\",\"state\":\"failed\"},\"run\":1}");
    producer.reply(
        "GET /api/dead-letters",
        "{\"data\":[%s],\"has_more\":true,\"last_id\":\"L1\"}".formatted(DEAD_LETTER));
    producer.reply(
        "GET /api/dead-letters/stats",
        "{\"groups\":[{\"failure_code\":\"invalid_request\",\"route\":\"mini\",\"count\":1200}]}");
    producer.reply("GET /api/dead-letters/L1", DEAD_LETTER.formatted("{}"));
    producer.reply("GET /api/dead-letters/jobs/J1", JOB.formatted("\"J1\"", "completed"));
    producer.reply("GET /api/plan/claude", FakeProducer.PLAN_UNKNOWN);
    producer.reply("POST /v1/batches/batch_1/cancel", "{\"id\":\"batch_1\"}");
    producer.reply("POST /api/batches/batch_1/pause", "{\"id\":\"batch_1\"}");
    producer.reply("POST /api/batches/batch_1/resume", "{\"id\":\"batch_1\"}");
    producer.reply("POST /api/routes/claude/hold", "{\"route\":\"claude\"}");
    producer.reply("POST /api/routes/claude/release", "{\"route\":\"claude\"}");
  }

  @AfterEach
  void stop() {
    producer.close();
  }

  @Test
  void toolsAreListedWithSchemasAndHints() {
    JsonNode readOnly = McpRun.of(producer, request(1, "tools/list", "{}")).result().path("tools");
    JsonNode all =
        McpRun.of(producer, List.of("--allow-writes"), request(1, "tools/list", "{}"))
            .result()
            .path("tools");

    assertThat(readOnly.valueStream().map(tool -> tool.path("name").asString()))
        .containsExactly(READ_TOOLS);
    assertThat(all.valueStream().map(tool -> tool.path("name").asString()))
        .containsExactlyInAnyOrder(
            Stream.of(READ_TOOLS, WRITE_TOOLS).flatMap(Stream::of).toArray(String[]::new));
    for (JsonNode tool : all) {
      boolean read = List.of(READ_TOOLS).contains(tool.path("name").asString());
      assertThat(tool.path("annotations").path("readOnlyHint").asBoolean()).isEqualTo(read);
      assertThat(tool.path("description").asString()).isNotBlank();
      assertThat(tool.path("inputSchema").path("type").asString()).isEqualTo("object");
      assertThat(tool.path("inputSchema").path("properties"))
          .allSatisfy(
              property -> {
                assertThat(property.path("description").asString()).isNotBlank();
                assertThat(property.path("type").asString()).isNotBlank();
              });
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "status | {} | GET /v1/batches?limit=10 | Sluice 0.1.0 at | /status/version",
        "list_batches | {\"limit\":3} | GET /v1/batches?limit=3 | batch_1 | /data/0/id",
        "get_batch | {\"batch\":\"batch_1\"} | GET /api/batches/batch_1/why?null | Limited by tokens/min. | /why/sentence",
        "get_task | {\"task\":\"T1\"} | GET /api/tasks/T1?null | T1, failed | /task/id",
        "list_routes | {} | GET /api/routes?null | claude is held: Your credit | /routes/1/hold/reason",
        "get_route | {\"route\":\"openai-mini\"} | GET /api/routes?null | host-2 | /per_worker/1/name",
        "plan_workers | {} | GET /api/plan?null | 4 needed at 8 calls each | /plans/1/route",
        "plan_workers | {\"route\":\"claude\"} | GET /api/plan?null | 412 tasks | /route",
        "plan_workers | {\"route\":\"claude\",\"backlog\":412} | GET /api/plan/claude?backlog=412 | 412 tasks | /route",
        "list_dead_letters | {\"code\":\"x\",\"since\":\"1970-01-01T00:00:07Z\",\"limit\":1,\"after\":\"L0\"} | GET /api/dead-letters?code=x&since=7&limit=1&after=L0 | Next page: 'after' = \"L1\". | /data/0/id",
        "count_dead_letters | {\"since\":\"10m\"} | GET /api/dead-letters/stats?since=400 | 1,200 | /groups/0/count",
        "get_dead_letter | {\"dead_letter\":\"L1\"} | GET /api/dead-letters/L1?null | bad prompt | /failure_detail",
        "get_dead_letter_job | {\"job\":\"J1\"} | GET /api/dead-letters/jobs/J1?null | completed: 4 succeeded | /state",
        "pause_batch | {\"batch\":\"batch_1\"} | POST /api/batches/batch_1/pause?null | Paused batch_1. | /id",
        "resume_batch | {\"batch\":\"batch_1\"} | POST /api/batches/batch_1/resume?null | Resumed batch_1. | /id",
        "cancel_batch | {\"batch\":\"batch_1\"} | POST /v1/batches/batch_1/cancel?null | Cancelling batch_1. | /id",
        "hold_route | {\"route\":\"claude\",\"reason\":\"r\",\"minutes\":null} | POST /api/routes/claude/hold?null | until release_route | /route",
        "release_route | {\"route\":\"claude\"} | POST /api/routes/claude/release?null | Route claude is released. | /route",
      })
  void toolReturnsTextAndJson(
      String tool, String arguments, String request, String text, String pointer) {
    JsonNode result = call(producer, tool, arguments);

    assertThat(text(result)).contains(text);
    assertThat(result.path("isError").asBoolean()).isFalse();
    assertThat(result.path("structuredContent").at(pointer).isMissingNode()).isFalse();
    assertThat(producer.calls.stream().map(c -> c.method() + " " + c.path() + "?" + c.query()))
        .contains(request);
  }

  @Test
  void listOfRoutesOmitsWorkers() {
    assertThat(call(producer, "list_routes", "{}").toString()).doesNotContain("per_worker");
  }

  @Test
  void deadLettersAreCountedUnlessDryRunIsFalse() {
    producer.reply("POST /api/dead-letters/jobs", JOB.formatted("null", "dry_run"));
    assertThat(text(call(producer, "replay_dead_letters", "{\"code\":\"x\",\"reason\":\"r\"}")))
        .isEqualTo(
            "7 dead letters match; a job processes at most 5. Dry run: nothing was changed. To make the change, call it again with dry_run=false.");
    assertThat(producer.sent("POST /api/dead-letters/jobs"))
        .isEqualTo(
            "{\"action\":\"replay\",\"reason\":\"r\",\"operator\":\"via sluice mcp\",\"dry_run\":true,\"limit\":1000,\"per_second\":20,\"filter\":{\"code\":\"x\"}}");

    producer.calls.clear();
    producer.reply("POST /api/dead-letters/jobs", JOB.formatted("\"J1\"", "running"));
    assertThat(
            text(
                call(
                    producer,
                    "discard_dead_letters",
                    "{\"dead_letters\":[\"L1\"],\"reason\":\"r\",\"dry_run\":false}")))
        .contains("Follow it: get_dead_letter_job with job=J1.");
    assertThat(producer.sent("POST /api/dead-letters/jobs"))
        .contains("\"dry_run\":false")
        .contains("\"ids\":[\"L1\"]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "get_batch | {} | 'batch' is missing: Id of a batch, such as batch_01a2; list_batches returns the ids.",
        "get_batch | {\"batch\":\" \"} | 'batch' (\" \") must be a string of 1 to 200 characters.",
        "get_batch | {\"batch\":7} | 'batch' (7) must be a string of 1 to 200 characters.",
        "list_batches | {\"limit\":500} | 'limit' (500) must be an integer from 1 to 30.",
        "list_batches | {\"limit\":1.5} | 'limit' (1.5) must be an integer from 1 to 30.",
        "status | {\"x\":1} | 'x' is not an argument of status; it has none.",
        "get_task | {\"task\":\"T1\",\"id\":\"T1\"} | 'id' is not an argument of get_task; its arguments are task.",
        "list_dead_letters | {\"state\":\"closed\"} | 'state' (\"closed\") must be one of open, replayed, discarded, accepted.",
        "list_dead_letters | {\"since\":\"soon\"} | 'since' 'soon' is neither a time such as 2026-01-31T12:00:00Z nor a duration such as 2h.",
        "plan_workers | {\"backlog\":5} | 'backlog' (5) requires 'route': set the name of one route.",
        "get_route | {\"route\":\"x\"} | unknown route 'x'; the routes are openai-mini, claude",
        "replay_dead_letters | {\"reason\":\"r\"} | Select dead letters either with 'dead_letters' or with filters",
        "replay_dead_letters | {\"reason\":\"r\",\"code\":\"x\",\"dry_run\":\"no\"} | 'dry_run' (\"no\") must be true or false.",
        "replay_dead_letters | {\"code\":\"x\"} | 'reason' is missing: Why; it is recorded in the audit log.",
        "discard_dead_letters | {\"reason\":\"r\",\"dead_letters\":[]} | 'dead_letters' ([]) must be an array of 1 to 200 strings.",
      })
  void badArgumentsAreAToolError(String tool, String arguments, String message) {
    JsonNode result = call(producer, tool, arguments);

    assertThat(result.path("isError").asBoolean()).isTrue();
    assertThat(text(result)).contains(message);
    assertThat(producer.receivedNoPost()).isTrue();
  }

  @Test
  void errorOfTheApiIsAToolError() {
    producer.reject("GET /api/tasks/T2", 404, FakeProducer.error("No task found."));
    producer.reject("GET /api/batches/batch_2/results", 404, FakeProducer.error("No batch found."));

    assertThat(text(call(producer, "get_task", "{\"task\":\"T2\"}"))).isEqualTo("No task found.");
    JsonNode result = call(producer, "get_results", "{\"batch\":\"batch_2\"}");
    assertThat(text(result)).isEqualTo("No batch found.");
    assertThat(result.path("isError").asBoolean()).isTrue();
  }

  @Test
  void unreachableProducerIsAToolError() {
    producer.close();

    JsonNode result = call(producer, "status", "{}");

    assertThat(result.path("isError").asBoolean()).isTrue();
    assertThat(text(result)).contains("is unreachable (connection refused)");
  }

  @Test
  void writesAreRefusedWithoutTheOption() {
    for (String tool : WRITE_TOOLS) {
      JsonNode result = McpRun.of(producer, callMessage(tool, "{}")).result();

      assertThat(result.path("isError").asBoolean()).isTrue();
      assertThat(text(result)).contains(tool).contains("sluice mcp --allow-writes");
    }
    assertThat(producer.calls).isEmpty();
  }

  @Test
  void longAnswersAreTruncatedWithAHint() {
    producer.reply("GET /api/dead-letters/L1", DEAD_LETTER.formatted("é\\u0001".repeat(300_000)));

    JsonNode result = call(producer, "get_dead_letter", "{\"dead_letter\":\"L1\"}");

    assertThat(JsonValues.line(result).getBytes(UTF_8)).hasSizeLessThan(50_000);
    assertThat(text(result))
        .contains("bad prompt")
        .endsWith("All of it: sluice dead-letters show L1 --json]");
    assertThat(result.path("structuredContent").path("truncated").asString())
        .isEqualTo("All of it: sluice dead-letters show L1 --json");
    assertThat(result.path("structuredContent").path("request").asString())
        .endsWith("… (600,000 characters in all)");
  }

  @Test
  void resultsArePagedByNumberAndSize() {
    String line =
        "{\"custom_id\":\"c%d\",\"response\":{\"body\":{\"choices\":[{\"message\":{\"content\":\"%s\"}}]}},\"sluice\":{\"cursor\":\"%d\"}}\n";
    String page =
        line.formatted(1, "one", 1)
            + line.formatted(2, "x".repeat(2_000), 2)
            + line.formatted(3, "three", 3);
    producer.results(page);

    JsonNode byNumber = call(producer, "get_results", "{\"batch\":\"batch_1\",\"limit\":2}");
    JsonNode bySize =
        call(producer, "get_results", "{\"batch\":\"batch_1\",\"max_bytes\":1000,\"after\":\"0\"}");

    assertThat(byNumber.path("structuredContent").path("results")).hasSize(2);
    assertThat(text(byNumber)).startsWith("c1: one\nc2: xxx").endsWith("'after' = \"2\".");
    assertThat(bySize.path("structuredContent").path("next_after").asString()).isEqualTo("1");
    assertThat(bySize.path("structuredContent").path("has_more").asBoolean()).isTrue();
    assertThat(producer.calls.stream().map(FakeProducer.Call::query))
        .containsExactly("limit=3", "limit=21&after=0");
  }

  @Test
  void batchWithoutResultsHasAnEmptyPage() {
    producer.reply("GET /api/batches/batch_1/results", "");

    JsonNode result = call(producer, "get_results", "{\"batch\":\"batch_1\"}");

    assertThat(text(result)).isEqualTo("The batch has no results yet.");
    assertThat(result.at("/structuredContent/has_more").asBoolean(true)).isFalse();
  }

  @Test
  void aSingleLargeResultIsShortened() {
    producer.results(
        "{\"custom_id\":\"c\",\"error\":{\"code\":\"x\",\"message\":\"%s\"},\"sluice\":{\"cursor\":\"1\"}}\n"
            .formatted("y".repeat(100_000)));

    JsonNode result = call(producer, "get_results", "{\"batch\":\"batch_1\",\"max_bytes\":1000}");

    assertThat(JsonValues.line(result).getBytes(UTF_8)).hasSizeLessThan(3_000);
    assertThat(text(result)).startsWith("c: failed: x: yyy");
    assertThat(result.at("/structuredContent/results/0/truncated").asString())
        .contains("sluice results batch_1");
  }
}
