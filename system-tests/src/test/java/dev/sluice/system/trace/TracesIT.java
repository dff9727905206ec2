package dev.sluice.system.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.system.trace.TraceCollector.CollectedSpan;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests the exported spans of tasks and the trace ids in structured logs. */
class TracesIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final String PRODUCER = "sluice-producer";
  private static final String WORKER = "sluice-worker";
  private static final String ATTEMPT = "process sluice.tasks.default";
  private static final String CALL = "chat gpt-4o-mini";

  private static final TraceCollector collector = new TraceCollector();
  private static @Nullable RunningSluice sluice;

  @BeforeAll
  static void start(@TempDir Path folder) {
    sluice =
        RunningSluice.start(
            folder.resolve("home"),
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                collector.endpoint(),
                "OTEL_TRACES_SAMPLER",
                "parentbased_always_on",
                "OTEL_BSP_SCHEDULE_DELAY",
                "200",
                "LOGGING_STRUCTURED_FORMAT_CONSOLE",
                "logstash",
                "SLUICE_LOG_CONTENT",
                "true"));
  }

  @AfterAll
  static void stop() {
    sluice().close();
    collector.close();
  }

  @Test
  void taskHasOneTraceFromDispatchToResult() throws Exception {
    String caller = "5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e";
    String batch =
        batch("[[sluice:429=1sx1]] [[sluice:500x1]] The tide comes in. The tide goes out.", caller);
    await()
        .atMost(TIMEOUT)
        .until(() -> get("/v1/batches/" + batch).path("status").asString().equals("completed"));
    String task =
        get("/api/batches/" + batch + "/tasks").path("data").path(0).path("id").asString();
    String trace = sha256(task).substring(0, 32);
    // Producer and worker export their spans independently. These are the last of each.
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                spansOf(collector.trace(trace), PRODUCER, "process sluice.results").size() == 1
                    && spansOf(collector.trace(trace), WORKER, ATTEMPT).size() == 3);

    List<CollectedSpan> spans = collector.trace(trace);

    CollectedSpan sent = singleSpan(spans, PRODUCER, "send sluice.tasks.default");
    assertThat(sent.parent()).isEmpty();
    assertThat(sent.links()).containsExactly(caller);
    List<CollectedSpan> attempts = spansOf(spans, WORKER, ATTEMPT);
    assertThat(attempts)
        .extracting(span -> span.tags().get("sluice.settlement"))
        .containsExactly("delay", "delay", "finish");
    assertThat(attempts)
        .extracting(span -> span.tags().get("sluice.attempt"))
        .containsExactly("1", "1", "2");
    assertThat(attempts).extracting(CollectedSpan::parent).containsOnly(sent.id());
    List<CollectedSpan> calls = spansOf(spans, WORKER, CALL);
    assertThat(calls)
        .extracting(span -> span.tags().get("http.response.status_code"))
        .containsExactly("429", "500", "200");
    assertThat(calls)
        .extracting(CollectedSpan::parent)
        .containsExactlyElementsOf(attempts.stream().map(CollectedSpan::id).toList());
    assertThat(calls.getLast().tags()).containsKeys("gen_ai.usage.output_tokens");
    List<CollectedSpan> delays = spansOf(spans, WORKER, "delay");
    assertThat(delays).hasSize(2).extracting(CollectedSpan::parent).containsOnly(sent.id());
    assertThat(Duration.ofNanos(delays.getFirst().endNanos() - delays.getFirst().startNanos()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    CollectedSpan stored = singleSpan(spans, PRODUCER, "process sluice.results");
    assertThat(stored.parent()).isEqualTo(sent.id());
    assertThat(stored.startNanos()).isGreaterThan(attempts.getLast().startNanos());
    assertThat(spans).hasSize(1 + 3 + 3 + 2 + 1);
    assertLogLinesNameTheTask(task, batch, trace);
  }

  private static void assertLogLinesNameTheTask(String task, String batch, String trace) {
    List<JsonNode> lines =
        sluice()
            .log("worker-1")
            .lines()
            .map(JSON::readTree)
            .filter(line -> line.path("task").asString("").equals(task))
            .toList();
    assertThat(lines)
        .allSatisfy(
            line -> {
              assertThat(line.path("batch").asString()).isEqualTo(batch);
              assertThat(line.path("route").asString()).isEqualTo("default");
              assertThat(line.path("traceId").asString()).isEqualTo(trace);
            });
    assertThat(lines)
        .extracting(line -> line.path("attempt").asString() + " " + messageStart(line))
        .containsSubsequence("1 Request", "1 Reply 429", "1 Reply 500", "2 Request", "2 Reply 200");
    assertThat(sluice().log("producer").lines().map(JSON::readTree).toList())
        .anySatisfy(line -> assertThat(line.path("batch").asString()).isEqualTo(batch));
  }

  /** See {@link SilentLogsIT} for the default. */
  @Test
  void promptAndReplyAreLoggedIfEnabled() throws Exception {
    String batch = batch("The moon is full.", "5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1f");
    SilentLogsIT.publishInvalidTask(sluice());

    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              assertThat(get("/v1/batches/" + batch).path("status").asString())
                  .isEqualTo("completed");
              assertThat(sluice().log("worker-1"))
                  .containsPattern("Request: .*The moon is full")
                  .containsPattern("Reply 200: .*The moon is full")
                  .containsPattern("Malformed task: .*" + SilentLogsIT.MARKER);
            });
  }

  private static String messageStart(JsonNode line) {
    return line.path("message").asString().replaceFirst(":.*", "");
  }

  @Test
  void liveCallJoinsTheCallersTrace() throws Exception {
    String caller = "0af7651916cd43dd8448eb211c80319c";
    HttpResponse<String> answer =
        send(
            request("/v1/chat/completions")
                .header("traceparent", "00-" + caller + "-b7ad6b7169203331-01")
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(chat("[[sluice:429=1sx1]] Hills rise."))));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                spansOf(collector.trace(caller), WORKER, ATTEMPT + ".live").size() == 2
                    && collector.trace(caller).stream()
                        .anyMatch(span -> span.name().startsWith("http post")));

    List<CollectedSpan> spans = collector.trace(caller);

    CollectedSpan request = singleSpan(spans, PRODUCER, "http post /v1/chat/completions");
    assertThat(request.parent()).isEqualTo("b7ad6b7169203331");
    assertThat(spansOf(spans, WORKER, ATTEMPT + ".live"))
        .hasSize(2)
        .extracting(CollectedSpan::parent)
        .containsOnly(request.id());
  }

  @Test
  void requestsWithoutTasksHaveNoTaskTrace() throws Exception {
    get("/api/status");
    get("/v1/models");

    await()
        .atMost(TIMEOUT)
        .until(() -> collector.all().stream().anyMatch(span -> span.name().contains("/v1/models")));

    assertThat(collector.all())
        .extracting(CollectedSpan::name)
        .noneMatch(name -> name.contains("/api/") || name.contains("actuator"));
  }

  private static CollectedSpan singleSpan(List<CollectedSpan> spans, String service, String name) {
    List<CollectedSpan> found = spansOf(spans, service, name);
    assertThat(found).as("%s of %s in %s", name, service, spans).hasSize(1);
    return found.getFirst();
  }

  private static List<CollectedSpan> spansOf(
      List<CollectedSpan> spans, String service, String name) {
    return spans.stream().filter(span -> span.is(service, name)).toList();
  }

  private static String chat(String prompt) {
    return """
        {"model":"gpt-4o-mini","messages":[{"role":"user","content":"%s"}]}"""
        .formatted(prompt);
  }

  private static String batch(String prompt, String trace) throws Exception {
    String line =
        """
        {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":%s}"""
            .formatted(chat(prompt));
    String form =
        """
        --b\r
        Content-Disposition: form-data; name="purpose"\r
        \r
        batch\r
        --b\r
        Content-Disposition: form-data; name="file"; filename="tasks.jsonl"\r
        \r
        %s\r
        --b--\r
        """
            .formatted(line);
    String file =
        JSON.readTree(
                send(request("/v1/files")
                        .header("Content-Type", "multipart/form-data; boundary=b")
                        .POST(HttpRequest.BodyPublishers.ofString(form)))
                    .body())
            .path("id")
            .asString();
    String made =
        """
        {"input_file_id":"%s","endpoint":"/v1/chat/completions","completion_window":"24h"}"""
            .formatted(file);
    return JSON.readTree(
            send(request("/v1/batches")
                    .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(made)))
                .body())
        .path("id")
        .asString();
  }

  private static JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(send(request(path).GET()).body());
  }

  private static HttpRequest.Builder request(String path) {
    Map<String, String> environment = sluice().environment();
    return HttpRequest.newBuilder(URI.create(environment.get("SLUICE_URL") + path))
        .header("Authorization", "Bearer " + environment.get("SLUICE_API_KEY"));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static String sha256(String text) throws NoSuchAlgorithmException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
  }

  private static RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }
}
