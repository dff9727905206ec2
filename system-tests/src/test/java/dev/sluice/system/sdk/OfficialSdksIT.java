package dev.sluice.system.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.UnauthorizedException;
import com.openai.errors.UnexpectedStatusCodeException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.batches.BatchError;
import com.openai.models.batches.BatchListParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import dev.sluice.system.run.ObservedExtensions;
import dev.sluice.system.run.Program;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OfficialSdksIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<Batch.Status> TERMINAL_STATUSES =
      Set.of(
          Batch.Status.COMPLETED,
          Batch.Status.FAILED,
          Batch.Status.EXPIRED,
          Batch.Status.CANCELLED);

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;

  @BeforeAll
  static void start() {
    sluice = RunningSluice.start(folder().resolve("home"), "--latency", "fixed:200ms");
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(sluice).close();
  }

  @Test
  void javaSdkRunsABatch() throws Exception {
    OpenAIClient client = client(newKey("java"));
    FileObject file = upload(client, file("java-good.jsonl", 20));
    file.validate();

    Batch batch = client.batches().create(batchOf(file.id()).build());

    assertThat(batch.status()).isEqualTo(Batch.Status.VALIDATING);
    Batch done = finished(client, batch.id());
    done.validate();
    assertThat(done.status()).isEqualTo(Batch.Status.COMPLETED);
    assertThat(done.requestCounts().orElseThrow().completed()).isEqualTo(20);
    assertThat(done.usage().orElseThrow().totalTokens()).isPositive();
    assertThat(done.metadata().orElseThrow().toString()).contains("name=a test");
    assertThat(content(client, done.outputFileId().orElseThrow()))
        .hasSize(20)
        .allSatisfy(
            line ->
                assertThat(line.path("response").path("body").path("object").asString())
                    .isEqualTo("chat.completion"))
        .extracting(line -> line.path("custom_id").asString())
        .startsWith("line-0", "line-1");
    assertThat(done.errorFileId()).isEmpty();

    // Sends bytes: a multipart part without a file name.
    byte[] bytes = Files.readAllBytes(file("java-few.jsonl", 2));
    FileObject nameless =
        client
            .files()
            .create(FileCreateParams.builder().purpose(FilePurpose.BATCH).file(bytes).build());
    Batch second = client.batches().create(batchOf(nameless.id()).build());
    assertThat(
            client.batches().list(BatchListParams.builder().limit(1).build()).autoPager().stream()
                .map(Batch::id))
        .containsExactly(second.id(), batch.id());
    assertThat(finished(client, second.id()).status()).isEqualTo(Batch.Status.COMPLETED);
    assertThat(client.files().delete(file.id()).deleted()).isTrue();
  }

  @Test
  void javaSdkRunsABatchOfResponses() throws Exception {
    OpenAIClient client = client(newKey("java-responses"));
    Path file =
        Files.writeString(
            folder().resolve("responses.jsonl"),
            """
            {"custom_id":"a","method":"POST","url":"/v1/responses","body":{"model":"gpt-4o-mini","input":"The tide turned."}}
            {"custom_id":"b","method":"POST","url":"/v1/responses","body":{"model":"gpt-4o-mini","input":[{"role":"user","content":"It rose."}],"max_output_tokens":16}}
            """);
    Batch batch =
        client
            .batches()
            .create(
                batchOf(upload(client, file).id())
                    .endpoint(BatchCreateParams.Endpoint.V1_RESPONSES)
                    .build());

    Batch done = finished(client, batch.id());

    assertThat(done.status()).isEqualTo(Batch.Status.COMPLETED);
    assertThat(done.usage().orElseThrow().inputTokens()).isPositive();
    assertThat(done.usage().orElseThrow().outputTokens()).isPositive();
    assertThat(content(client, done.outputFileId().orElseThrow()))
        .extracting(line -> line.at("/response/body/output/0/content/0/text").asString())
        .containsExactly("The tide turned.", "It rose.");
  }

  @Test
  void javaSdkCancelsARunningBatch() throws Exception {
    OpenAIClient client = client(newKey("java-cancels"));
    String id =
        client
            .batches()
            .create(batchOf(upload(client, file("java-many.jsonl", 2000)).id()).build())
            .id();
    await()
        .atMost(TIMEOUT)
        .until(() -> client.batches().retrieve(id).requestCounts().orElseThrow().completed() > 20);

    Batch cancelling = client.batches().cancel(id);

    assertThat(cancelling.status()).isIn(Batch.Status.CANCELLING, Batch.Status.FINALIZING);
    Batch cancelled = finished(client, id);
    assertThat(cancelled.status()).isEqualTo(Batch.Status.CANCELLED);
    long completed = cancelled.requestCounts().orElseThrow().completed();
    assertThat(completed).isBetween(21L, 500L);
    assertThat(content(client, cancelled.outputFileId().orElseThrow())).hasSize((int) completed);
    assertThat(content(client, cancelled.errorFileId().orElseThrow()))
        .hasSize(2000 - (int) completed);
    assertThat(client.batches().cancel(id).status()).isEqualTo(Batch.Status.CANCELLED);
  }

  @Test
  void javaSdkRaisesItsErrors() throws Exception {
    OpenAIClient client = client(newKey("java-errs"));
    assertThatThrownBy(() -> client("sk-wrong").batches().list())
        .isInstanceOfSatisfying(
            UnauthorizedException.class,
            rejected -> assertThat(rejected.code()).contains("invalid_api_key"));
    assertThatThrownBy(() -> client.batches().retrieve("batch_none"))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> client.files().content("file-none"))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(
            () ->
                client
                    .batches()
                    .create(
                        batchOf("file-none")
                            .completionWindow(BatchCreateParams.CompletionWindow.of("a year"))
                            .build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            rejected -> assertThat(rejected.param()).contains("completion_window"));

    Path bad = folder().resolve("bad.jsonl");
    Files.writeString(bad, "no json\n" + line(1) + line(1));
    Batch failed =
        finished(client, client.batches().create(batchOf(upload(client, bad).id()).build()).id());
    failed.validate();
    assertThat(failed.status()).isEqualTo(Batch.Status.FAILED);
    List<BatchError> errors = failed.errors().orElseThrow().data().orElseThrow();
    assertThat(errors)
        .extracting(error -> error.code().orElse("") + " " + error.line().orElse(0L))
        .containsExactly("invalid_json_line 1", "duplicate_custom_id 3");
    assertThatThrownBy(() -> client.batches().cancel(failed.id()))
        .isInstanceOf(UnexpectedStatusCodeException.class)
        .extracting(rejected -> ((OpenAIServiceException) rejected).statusCode())
        .isEqualTo(409);
  }

  @Test
  void projectsDoNotSeeEachOthersData() throws Exception {
    OpenAIClient one = client(newKey("one"));
    OpenAIClient other = client(newKey("other"));
    FileObject file = upload(one, file("secret.jsonl", 1));
    Batch batch = one.batches().create(batchOf(file.id()).build());

    assertThat(other.batches().list().data()).isEmpty();
    assertThat(other.files().list().data()).isEmpty();
    assertThatThrownBy(() -> other.batches().retrieve(batch.id()))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> other.files().content(file.id()))
        .isInstanceOf(NotFoundException.class);
    assertThat(one.batches().list().data()).hasSize(1);
  }

  @Test
  void nodeSdkRunsABatch() throws Exception {
    Path project = withNodeSdk();
    Map<String, String> environment =
        Map.of("OPENAI_BASE_URL", url() + "/v1", "OPENAI_API_KEY", newKey("node"));
    JsonNode seen =
        JSON.readTree(
            Program.run(
                project,
                environment,
                "node",
                "batch.mjs",
                file("node.jsonl", 20).toString(),
                file("node-many.jsonl", 2000).toString()));

    assertThat(seen.path("status").asString()).isEqualTo("completed");
    assertThat(seen.path("counts").toString())
        .isEqualTo("{\"total\":20,\"completed\":20,\"failed\":0}");
    assertThat(seen.path("metadata").toString()).isEqualTo("{\"name\":\"node\"}");
    assertThat(seen.path("extension").toString())
        .isEqualTo("{\"cut_off\":0,\"re_asks\":0,\"paused_by\":null,\"reused\":0,\"tier\":null}");
    assertThat(seen.path("lifetime").asLong()).isEqualTo(3600);
    assertThat(seen.path("lines").valueStream().map(line -> line.path("custom_id").asString()))
        .containsExactlyElementsOf(IntStream.range(0, 20).mapToObj(i -> "line-" + i).toList());
    assertThat(seen.path("cancelling").asString()).isIn("cancelling", "finalizing", "cancelled");
    assertThat(seen.path("cancelled").asString()).isEqualTo("cancelled");
    assertThat(seen.path("listed")).isEqualTo(seen.path("expected"));
    assertThat(seen.path("deleted").asBoolean()).isTrue();
    assertThat(seen.path("errors").toString())
        .isEqualTo(
            """
            {"key":"AuthenticationError 401 invalid_api_key","batch":"NotFoundError 404 null",\
            "file":"NotFoundError 404 null","window":"BadRequestError 400 invalid_value",\
            "cancel":"ConflictError 409 null"}""");
  }

  @Test
  void nodeSdkSendsAndReadsTheExtensionsOfABatch() throws Exception {
    Map<String, String> environment =
        Map.of("OPENAI_BASE_URL", url() + "/v1", "OPENAI_API_KEY", newKey("node-extensions"));

    JsonNode seen =
        JSON.readTree(Program.run(withNodeSdk(), environment, "node", "extensions.mjs"));

    ObservedExtensions.assertSeen(seen);
  }

  /** Folder with the script and OpenAI's npm package. Skips the test without Node. */
  private static Path withNodeSdk() throws IOException {
    assumeTrue(Program.areInstalled("node", "npm"), "node and npm are installed");
    Path source = Checkout.root().resolve("system-tests/src/test/node");
    Path project = Files.createDirectories(folder().resolve("node"));
    for (String name : List.of("package.json", "batch.mjs", "extensions.mjs")) {
      Files.copy(source.resolve(name), project.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    if (Files.exists(project.resolve("node_modules"))) {
      return project;
    }
    Program.run(
        project, Map.of(), "npm", "install", "--no-audit", "--no-fund", "--no-package-lock");
    return project;
  }

  private static BatchCreateParams.Builder batchOf(String file) {
    return BatchCreateParams.builder()
        .inputFileId(file)
        .endpoint(BatchCreateParams.Endpoint.V1_CHAT_COMPLETIONS)
        .completionWindow(BatchCreateParams.CompletionWindow._24H)
        .metadata(
            BatchCreateParams.Metadata.builder()
                .putAdditionalProperty("name", JsonValue.from("a test"))
                .build());
  }

  private static FileObject upload(OpenAIClient client, Path file) {
    return client
        .files()
        .create(FileCreateParams.builder().purpose(FilePurpose.BATCH).file(file).build());
  }

  private static List<JsonNode> content(OpenAIClient client, String file) throws IOException {
    try (HttpResponse response = client.files().content(file)) {
      String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().map(JSON::readTree).toList();
    }
  }

  private static Batch finished(OpenAIClient client, String batch) {
    await()
        .atMost(TIMEOUT)
        .until(() -> TERMINAL_STATUSES.contains(client.batches().retrieve(batch).status()));
    return client.batches().retrieve(batch);
  }

  private static Path file(String name, int lines) throws IOException {
    String text =
        IntStream.range(0, lines).mapToObj(OfficialSdksIT::line).collect(Collectors.joining());
    return Files.writeString(folder().resolve(name), text);
  }

  private static String line(int number) {
    return """
        {"custom_id":"line-%d","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","max_tokens":50,"messages":[{"role":"user","content":"Say %d."}]}}
        """
        .formatted(number, number);
  }

  private static String newKey(String project) {
    Checkout.RunResult made =
        Objects.requireNonNull(sluice).cli("keys", "create", "a test", "--project", project);
    assertThat(made.exitCode()).as(made.err()).isZero();
    return made.out().strip();
  }

  private static OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder().baseUrl(url() + "/v1").apiKey(key).build();
  }

  private static String url() {
    return Objects.requireNonNull(Objects.requireNonNull(sluice).environment().get("SLUICE_URL"));
  }

  private static Path folder() {
    return Objects.requireNonNull(folder);
  }
}
