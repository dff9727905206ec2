package dev.sluice.system.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.RequestOptions;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIIoException;
import com.openai.models.FunctionDefinition;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import dev.sluice.system.run.Program;
import dev.sluice.system.run.Prometheus;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LiveSdksIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String LONG_SENTENCE =
      "Rain fell on the town all night and the river rose over its banks and into the streets.";

  private static final String TEXT = "Rain fell on the town and the river rose over its banks.";
  private static final String PIXEL =
      "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;

  @BeforeAll
  static void start() {
    sluice =
        RunningSluice.start(
            folder().resolve("home"),
            "--latency",
            "fixed:50ms",
            "--latency-per-token",
            "20ms",
            "--simulator-rpm",
            "6000");
  }

  @AfterAll
  static void stop() {
    sluice().close();
  }

  @Test
  void javaSdkReceivesWholeReplies() {
    OpenAIClient client = client();

    ChatCompletion reply = client.chat().completions().create(chat(TEXT).n(2).build());

    reply.validate();
    assertThat(reply.choices())
        .hasSize(2)
        .allSatisfy(choice -> assertThat(choice.message().content()).contains(TEXT));
    ChatCompletion call =
        client.chat().completions().create(chat("How is it?").addTool(tool()).build());
    assertThat(call.choices().getFirst().message().toolCalls().orElseThrow())
        .singleElement()
        .satisfies(one -> assertThat(one.asFunction().function().name()).isEqualTo("weather"));
    ChatCompletion seen = client.chat().completions().create(askAboutAPicture());
    assertThat(seen.choices().getFirst().message().content()).contains("A dot.");
    assertThat(
            client
                .embeddings()
                .create(
                    EmbeddingCreateParams.builder()
                        .model("text-embedding-3-small")
                        .input("x")
                        .dimensions(8)
                        .build())
                .data()
                .getFirst()
                .embedding())
        .hasSize(8);
    assertThat(client.models().list().data()).isNotEmpty();
  }

  @Test
  void javaSdkReceivesStreams() {
    OpenAIClient client = client();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(chat(TEXT).build())) {
      assertThat(stream.stream().map(LiveSdksIT::content).collect(Collectors.joining()))
          .isEqualTo(TEXT);
    }
    assertThatThrownBy(
            () -> {
              try (StreamResponse<ChatCompletionChunk> stream =
                  client
                      .chat()
                      .completions()
                      .createStreaming(chat("[[sluice:half-body]] It ends in between.").build())) {
                stream.stream().forEach(chunk -> {});
              }
            })
        .isInstanceOf(OpenAIException.class);
    // If the client closes the stream early, the worker cancels the provider call.
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(chat("Words ".repeat(400)).build())) {
      assertThat(stream.stream().limit(3).count()).isEqualTo(3);
    }
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThat(Prometheus.of(sluice()))
                    .anyMatch(
                        line ->
                            line.startsWith("sluice_live_calls_total")
                                && line.contains("result=\"client_disconnected\"")));
  }

  @Test
  void tokensOfJavaSdkResponsesMatchTheProvider() throws IOException, InterruptedException {
    OpenAIClient client = client();
    awaitEndOfCalls();
    double before = tokens();

    Response whole = client.responses().create(respond(TEXT).build());

    whole.validate();
    assertThat(text(whole)).isEqualTo(TEXT);
    FunctionTool tool =
        FunctionTool.builder()
            .name("weather")
            .parameters(FunctionTool.Parameters.builder().build())
            .strict(false)
            .build();
    Response call =
        client.responses().create(respond("How is it?").addTool(tool).maxOutputTokens(100).build());
    assertThat(call.output().getFirst().functionCall().orElseThrow().name()).isEqualTo("weather");
    StringBuilder streamed = new StringBuilder();
    List<Response> completed = new ArrayList<>();
    try (StreamResponse<ResponseStreamEvent> stream =
        client.responses().createStreaming(respond(TEXT + " It fell again.").build())) {
      stream.stream()
          .forEach(
              event -> {
                event.outputTextDelta().ifPresent(delta -> streamed.append(delta.delta()));
                event.completed().ifPresent(end -> completed.add(end.response()));
              });
    }
    assertThat(streamed.toString()).isEqualTo(TEXT + " It fell again.");
    assertThat(completed)
        .singleElement()
        .extracting(LiveSdksIT::text)
        .isEqualTo(streamed.toString());
    long reported =
        Stream.of(whole, call, completed.getFirst())
            .mapToLong(response -> response.usage().orElseThrow().totalTokens())
            .sum();
    await()
        .atMost(TIMEOUT)
        .untilAsserted(() -> assertThat(tokens() - before).isEqualTo((double) reported));
  }

  @Test
  void cutOffAnswersOfStreamsAreCounted() throws IOException, InterruptedException {
    OpenAIClient client = client();
    awaitEndOfCalls();
    double before = sum("sluice_answers_cut_off_total{lane=\"live\"");

    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(chat(TEXT).maxCompletionTokens(4).build())) {
      assertThat(stream.stream().flatMap(chunk -> chunk.choices().stream()))
          .anyMatch(
              choice ->
                  choice
                      .finishReason()
                      .filter(ChatCompletionChunk.Choice.FinishReason.LENGTH::equals)
                      .isPresent());
    }
    try (StreamResponse<ResponseStreamEvent> stream =
        client.responses().createStreaming(respond(LONG_SENTENCE).maxOutputTokens(16).build())) {
      assertThat(stream.stream()).anyMatch(event -> event.incomplete().isPresent());
    }

    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThat(sum("sluice_answers_cut_off_total{lane=\"live\"") - before)
                    .isEqualTo(2));
  }

  /** A call that an earlier test has left is counted when the worker has cancelled it. */
  private static void awaitEndOfCalls() {
    await().atMost(TIMEOUT).until(() -> sum("sluice_calls_running") == 0);
  }

  /** The tokens that the worker counted and reported to its limiter. */
  private static double tokens() throws IOException, InterruptedException {
    return sum("sluice_tokens_total");
  }

  /** The sum of the worker's samples whose line starts so. */
  private static double sum(String start) throws IOException, InterruptedException {
    return Prometheus.of(sluice(), "worker-1").stream()
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static ResponseCreateParams.Builder respond(String text) {
    return ResponseCreateParams.builder().model("gpt-4o-mini").input(text);
  }

  private static String text(Response response) {
    return response.output().getFirst().message().orElseThrow().content().stream()
        .map(content -> content.asOutputText().text())
        .collect(Collectors.joining());
  }

  @Test
  void javaSdkRaisesErrorsAndTimeouts() {
    OpenAIClient client = client();
    assertThatThrownBy(() -> client.chat().completions().create(chat(TEXT).n(1000).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class, rejected -> assertThat(rejected.param()).contains("n"));
    RequestOptions shortTimeout = RequestOptions.builder().timeout(Duration.ofMillis(700)).build();
    assertThatThrownBy(
            () ->
                client
                    .chat()
                    .completions()
                    .create(chat("[[sluice:slow=20s]] Late.").build(), shortTimeout))
        .isInstanceOf(OpenAIIoException.class);
  }

  @Test
  void nodeSdkMakesLiveCalls() throws Exception {
    assumeTrue(Program.areInstalled("node", "npm"), "node and npm are installed");
    Path source = Checkout.root().resolve("system-tests/src/test/node");
    Path project = Files.createDirectories(folder().resolve("node"));
    for (String name : List.of("package.json", "live.mjs")) {
      Files.copy(source.resolve(name), project.resolve(name));
    }
    Program.run(
        project, Map.of(), "npm", "install", "--no-audit", "--no-fund", "--no-package-lock");

    JsonNode seen =
        JSON.readTree(
            Program.run(
                project,
                Map.of("OPENAI_BASE_URL", url(), "OPENAI_API_KEY", key()),
                "node",
                "live.mjs"));

    assertThat(seen.path("whole").asString()).isEqualTo("The river rose.");
    assertThat(seen.path("requestId").asString()).startsWith("req_");
    assertThat(seen.path("rateHeader").asString()).isEqualTo("6000");
    assertThat(seen.path("two").asInt()).isEqualTo(2);
    assertThat(seen.path("tool").asString()).isEqualTo("weather");
    assertThat(seen.path("image").asString()).isEqualTo("A dot.");
    assertThat(seen.path("embedding").asInt()).isEqualTo(8);
    assertThat(seen.path("models").size()).isPositive();
    assertThat(seen.path("streamed").asString())
        .isEqualTo("Rain fell on the town and the river rose over its banks in the night.");
    assertThat(seen.path("chunks").asInt()).isGreaterThan(10);
    assertThat(seen.path("spread").asDouble()).isGreaterThan(200);
    assertThat(seen.path("usage").asInt()).isPositive();
    assertThat(seen.path("streamedArguments").asString()).isEqualTo("object");
    assertThat(seen.path("response").asString()).isEqualTo("The tide turned.");
    assertThat(seen.path("responseUsage").asBoolean()).isTrue();
    assertThat(seen.path("responseId").asString()).startsWith("req_");
    assertThat(seen.path("responseTool").asString()).isEqualTo("weather");
    assertThat(seen.path("responseImage").asString()).isEqualTo("A dot.");
    assertThat(seen.path("responseEvents").valueStream().map(JsonNode::asString))
        .startsWith("response.created")
        .contains("response.output_text.delta")
        .endsWith("response.completed");
    assertThat(seen.path("responseStreamed").asString())
        .isEqualTo("Snow fell on the hills and the roads were closed for the whole of the night.");
    assertThat(seen.path("responseSpread").asDouble()).isGreaterThan(200);
    assertThat(seen.path("abortedAfter").asInt()).isEqualTo(3);
    assertThat(seen.path("errors").toString())
        .isEqualTo(
            """
            {"request":"BadRequestError 400 empty_array","model":"NotFoundError 404 model_not_found",\
            "key":"AuthenticationError 401 invalid_api_key",\
            "clientTimeout":"APIConnectionTimeoutError undefined undefined",\
            "ownTimeout":"InternalServerError 504 timeout",\
            "broken":"APIError undefined stream_broken","response":"BadRequestError 400 invalid_type",\
            "brokenResponse":"APIError undefined stream_broken","beforeTheFirst":"none"}""");
  }

  private static String content(ChatCompletionChunk chunk) {
    return chunk.choices().stream()
        .map(choice -> choice.delta().content().orElse(""))
        .collect(Collectors.joining());
  }

  private static ChatCompletionCreateParams.Builder chat(String text) {
    return ChatCompletionCreateParams.builder().model("gpt-4o-mini").addUserMessage(text);
  }

  private static ChatCompletionFunctionTool tool() {
    return ChatCompletionFunctionTool.builder()
        .function(FunctionDefinition.builder().name("weather").build())
        .build();
  }

  private static ChatCompletionCreateParams askAboutAPicture() {
    return ChatCompletionCreateParams.builder()
        .model("gpt-4o-mini")
        .addUserMessageOfArrayOfContentParts(
            List.of(
                ChatCompletionContentPart.ofText(
                    ChatCompletionContentPartText.builder().text("A dot.").build()),
                ChatCompletionContentPart.ofImageUrl(
                    ChatCompletionContentPartImage.builder()
                        .imageUrl(
                            ChatCompletionContentPartImage.ImageUrl.builder().url(PIXEL).build())
                        .build())))
        .build();
  }

  private static OpenAIClient client() {
    return OpenAIOkHttpClient.builder().baseUrl(url()).apiKey(key()).maxRetries(0).build();
  }

  private static String url() {
    return Objects.requireNonNull(sluice().environment().get("OPENAI_BASE_URL"));
  }

  private static String key() {
    return Objects.requireNonNull(sluice().environment().get("OPENAI_API_KEY"));
  }

  private static RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }

  private static Path folder() {
    return Objects.requireNonNull(folder);
  }
}
