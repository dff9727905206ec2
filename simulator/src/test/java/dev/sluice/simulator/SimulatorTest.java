package dev.sluice.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.fault.FaultRates;
import dev.sluice.simulator.latency.Latency;
import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.provider.LimitHeaders;
import dev.sluice.simulator.provider.ProviderSettings;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SimulatorTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final long ASSUMED_OUTPUT = 256;
  private static final LimitSettings NO_LIMITS = LimitSettings.of(0, 0);

  private final List<Simulator> started = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir Path folder;

  @AfterEach
  void stop() {
    started.forEach(Simulator::close);
    client.close();
  }

  @Test
  void chatReplyIsSummaryOfText() throws Exception {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    HttpResponse<String> response =
        chat(simulator, "The lock is closed. It rained. The lock and the gate stay closed.");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-request-id")).get().asString().startsWith("req_");
    JsonNode reply = JSON.readTree(response.body());
    assertThat(reply.path("object").asString()).isEqualTo("chat.completion");
    assertThat(reply.at("/choices/0/message/content").asString())
        .isEqualTo("The lock is closed. The lock and the gate stay closed.");
    assertThat(reply.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    JsonNode usage = reply.path("usage");
    assertThat(usage.path("total_tokens").asLong())
        .isEqualTo(usage.path("prompt_tokens").asLong() + usage.path("completion_tokens").asLong())
        .isGreaterThan(20);
  }

  @Test
  void reasoningModelRejectsMaxTokensAsOpenAiDoes() throws Exception {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    String body =
        "{\"model\":\"gpt-5-mini\",\"%s\":3,\"messages\":[{\"role\":\"user\",\"content\":\"The lock and the gate stay closed.\"}]}";

    HttpResponse<String> rejected =
        client.send(
            request(simulator, "/chat/completions", body.formatted("max_tokens")).build(),
            BodyHandlers.ofString());
    assertThat(rejected.statusCode()).isEqualTo(400);
    assertThat(rejected.body())
        .contains(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "\"param\":\"max_tokens\"",
            "\"code\":\"unsupported_parameter\"");
    HttpResponse<String> cutOff =
        client.send(
            request(simulator, "/chat/completions", body.formatted("max_completion_tokens"))
                .build(),
            BodyHandlers.ofString());
    assertThat(cutOff.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(cutOff.body()).at("/choices/0/finish_reason").asString())
        .isEqualTo("length");
  }

  @Test
  void flexCallsAreRefusedWithoutCapacityAndOtherCallsAreNot() throws Exception {
    Simulator simulator =
        start(
            NO_LIMITS,
            ProviderSettings.plain().withFaults(new FaultRates(Map.of(Fault.NO_CAPACITY, 1.0))));

    HttpResponse<String> refused = tiered(simulator, "gpt-4o", "flex");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(JSON.readTree(refused.body()).at("/error/code").asString())
        .isEqualTo("resource_unavailable");
    HttpResponse<String> standard = tiered(simulator, "gpt-4o", "default");
    assertThat(standard.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(standard.body()).path("service_tier").asString()).isEqualTo("default");
  }

  @Test
  void modelWithoutTheFlexTierRejectsIt() throws Exception {
    Simulator simulator =
        start(NO_LIMITS, ProviderSettings.plain().withModelsWithoutFlex(Set.of("gpt-4o")));

    HttpResponse<String> rejected = tiered(simulator, "gpt-4o", "flex");
    assertThat(rejected.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(rejected.body()).at("/error/param").asString())
        .isEqualTo("service_tier");
    HttpResponse<String> other = tiered(simulator, "gpt-4o-mini", "flex");
    assertThat(JSON.readTree(other.body()).path("service_tier").asString()).isEqualTo("flex");
  }

  private HttpResponse<String> tiered(Simulator simulator, String model, String tier)
      throws Exception {
    String body =
        """
        {"model":"%s","service_tier":"%s","messages":[{"role":"user","content":"The gate."}]}"""
            .formatted(model, tier);
    return client.send(
        request(simulator, "/chat/completions", body).build(), BodyHandlers.ofString());
  }

  @Test
  void headersAdvertiseLimitsAndRetryAfter() throws Exception {
    Simulator simulator = start(LimitSettings.of(2, 1000), ProviderSettings.plain());
    HttpResponse<String> first = chat(simulator, "One.");
    assertThat(header(first, "x-ratelimit-limit-requests")).isEqualTo("2");
    assertThat(header(first, "x-ratelimit-remaining-requests")).isEqualTo("1");
    assertThat(header(first, "x-ratelimit-reset-requests")).isEqualTo("30s");
    assertThat(header(first, "x-ratelimit-limit-tokens")).isEqualTo("1000");
    chat(simulator, "Two.");
    HttpResponse<String> third = chat(simulator, "Three.");
    assertThat(third.statusCode()).isEqualTo(429);
    JsonNode error = JSON.readTree(third.body()).path("error");
    assertThat(error.path("message").asString())
        .matches(
            "Rate limit reached for gpt-4o-mini in organization org-simulator on requests per min"
                + " \\(RPM\\): Limit 2, Used 2, Requested 1\\. Please try again in [0-9.]+s\\. .*");
    assertThat(error.path("type").asString()).isEqualTo("requests");
    assertThat(error.path("code").asString()).isEqualTo("rate_limit_exceeded");
    assertThat(error.has("param")).isTrue();
    long millis = Long.parseLong(header(third, "retry-after-ms"));
    assertThat(millis).isBetween(1000L, 30_000L);
    assertThat(header(third, "retry-after")).isEqualTo(Long.toString((millis + 999) / 1000));
    assertThat(simulator.stats().rateLimited()).isEqualTo(1);
  }

  @Test
  void anthropicHeadersAdvertiseLimits() throws Exception {
    Simulator simulator =
        start(
            LimitSettings.of(1, 1000),
            ProviderSettings.plain().withHeaders(LimitHeaders.ANTHROPIC));
    Instant before = Instant.now();
    HttpResponse<String> first = chat(simulator, "One.");
    assertThat(header(first, "anthropic-ratelimit-requests-limit")).isEqualTo("1");
    assertThat(header(first, "anthropic-ratelimit-requests-remaining")).isEqualTo("0");
    assertThat(Instant.parse(header(first, "anthropic-ratelimit-requests-reset")))
        .isBetween(before.plusSeconds(58), before.plusSeconds(62));
    assertThat(header(first, "anthropic-ratelimit-tokens-limit")).isEqualTo("1000");
    HttpResponse<String> rejected = chat(simulator, "Two.");
    assertThat(rejected.statusCode()).isEqualTo(429);
    assertThat(Long.parseLong(header(rejected, "retry-after"))).isBetween(1L, 60L);
    assertThat(rejected.headers().map().keySet())
        .noneMatch(name -> name.startsWith("x-ratelimit") || name.equals("retry-after-ms"));
  }

  @Test
  void rateLimitHeadersCanBeDisabled() throws Exception {
    Simulator simulator =
        start(LimitSettings.of(1, 0), ProviderSettings.plain().withHeaders(LimitHeaders.NONE));
    chat(simulator, "One.");
    HttpResponse<String> rejected = chat(simulator, "Two.");
    assertThat(rejected.statusCode()).isEqualTo(429);
    assertThat(rejected.headers().map().keySet())
        .noneMatch(name -> name.startsWith("x-ratelimit") || name.startsWith("retry-after"));
  }

  @ParameterizedTest
  @CsvSource({
    "400,400,",
    "401,401,invalid_api_key",
    "429,429,rate_limit_exceeded",
    "insufficient-quota,429,insufficient_quota",
    "context-length,400,context_length_exceeded",
    "500,500,",
    "503,503,"
  })
  void injectedErrorHasOpenAiFormat(String name, int status, String code) throws Exception {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    HttpResponse<String> response = chat(simulator, "[[sluice:" + name + "]]");
    assertThat(response.statusCode()).isEqualTo(status);
    JsonNode error = JSON.readTree(response.body()).path("error");
    assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(error.path("code").asString("")).isEqualTo(code == null ? "" : code);
    assertThat(response.headers().firstValue("retry-after").isPresent())
        .isEqualTo(name.equals("429"));
    assertThat(simulator.stats().faults()).containsOnly(Map.entry(name, 1L));
  }

  @ParameterizedTest
  @CsvSource({"loading,503,Loading model", "error-in-200,200,Rate limit exceeded"})
  void faultsOfServersAndGatewaysHaveTheirFormat(String name, int status, String message)
      throws Exception {
    HttpResponse<String> response =
        chat(start(NO_LIMITS, ProviderSettings.plain()), "[[sluice:" + name + "x1]]");
    assertThat(response.statusCode()).isEqualTo(status);
    JsonNode error = JSON.readTree(response.body()).path("error");
    assertThat(error.path("message").asString()).isEqualTo(message);
  }

  @Test
  void badGatewayIsHtmlPage() throws Exception {
    HttpResponse<String> response =
        chat(start(NO_LIMITS, ProviderSettings.plain()), "[[sluice:502]]");
    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(header(response, "content-type")).isEqualTo("text/html");
  }

  @Test
  void resetClosesConnectionWithReset() {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    assertThatThrownBy(() -> chat(simulator, "[[sluice:reset]]"))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining("Connection reset");
    assertThat(simulator.stats().byStatus()).containsOnly(Map.entry("none", 1L));
  }

  @Test
  void halfBodyEndsBeforeContentLength() {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    assertThatThrownBy(() -> chat(simulator, "[[sluice:half-body]]"))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining("fixed content-length");
  }

  @Test
  void invalidJsonHasStatus200() throws Exception {
    HttpResponse<String> response =
        chat(start(NO_LIMITS, ProviderSettings.plain()), "[[sluice:invalid-json]]");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> JSON.readTree(response.body())).isInstanceOf(JacksonException.class);
  }

  @Test
  void answerFitsTheSchemaOfTheRequestUnlessAFaultMakesItMissOne() throws Exception {
    String format =
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":%s}},"
            .formatted(
                """
                {"type":"object","required":["title"],"properties":{
                  "title":{"type":"string"},"stars":{"type":"integer","minimum":3},
                  "tags":{"type":"array","items":{"$ref":"#/$defs/tag"}},
                  "kind":{"enum":["a","b"]}},"$defs":{"tag":{"type":["boolean","null"]}}}""");
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());

    assertThat(JSON.readTree(structuredAnswer(simulator, format, "The cat sat.")))
        .isEqualTo(
            JSON.readTree(
                "{\"title\":\"The cat sat.\",\"stars\":3,\"tags\":[true],\"kind\":\"a\"}"));
    assertThat(
            JSON.readTree(
                    structuredAnswer(simulator, format, "[[sluice:invalid-output]]The cat sat."))
                .propertyNames())
        .containsExactly("stars", "tags", "kind");
  }

  private String structuredAnswer(Simulator simulator, String format, String prompt)
      throws Exception {
    String request = body(prompt).replaceFirst("\\{", "{" + Matcher.quoteReplacement(format));
    HttpResponse<String> response =
        client.send(
            request(simulator, "/chat/completions", request).build(), BodyHandlers.ofString());
    return JSON.readTree(response.body()).at("/choices/0/message/content").asString();
  }

  @Test
  void contentFilterReturnsNoText() throws Exception {
    HttpResponse<String> response =
        chat(start(NO_LIMITS, ProviderSettings.plain()), "[[sluice:content-filter]]");
    JsonNode choice = JSON.readTree(response.body()).at("/choices/0");
    assertThat(choice.path("finish_reason").asString()).isEqualTo("content_filter");
    assertThat(choice.at("/message/content").asString()).isEmpty();
  }

  @Test
  void hangingCallsDoNotBlockOtherCalls() throws Exception {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    List<CompletableFuture<HttpResponse<String>>> hanging = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      HttpRequest request =
          request(simulator, "/chat/completions", body("[[sluice:hang]] " + i)).build();
      hanging.add(client.sendAsync(request, BodyHandlers.ofString()));
    }
    await().until(() -> simulator.stats().inFlight() == 100);
    assertThat(chat(simulator, "Hello.").statusCode()).isEqualTo(200);
    assertThat(simulator.stats().maxInFlight()).isEqualTo(101);
    simulator.close();
    for (CompletableFuture<HttpResponse<String>> call : hanging) {
      assertThatThrownBy(call::join).hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void hangingCallRunsIntoClientTimeout() {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    HttpRequest request =
        request(simulator, "/chat/completions", body("[[sluice:hang]]"))
            .timeout(Duration.ofMillis(200))
            .build();
    assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);
  }

  @Test
  void countedFaultAppliesPerBody() throws Exception {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    assertThat(chat(simulator, "A [[sluice:500x2]]").statusCode()).isEqualTo(500);
    assertThat(chat(simulator, "B [[sluice:500x1]]").statusCode()).isEqualTo(500);
    assertThat(chat(simulator, "A [[sluice:500x2]]").statusCode()).isEqualTo(500);
    assertThat(chat(simulator, "A [[sluice:500x2]]").statusCode()).isEqualTo(200);
    assertThat(chat(simulator, "B [[sluice:500x1]]").statusCode()).isEqualTo(200);
    assertThat(simulator.stats().distinctBodies()).isEqualTo(2);
  }

  @Test
  void faultsByRateAreReproducibleWithSameSeed() throws Exception {
    ProviderSettings settings =
        ProviderSettings.plain()
            .withFaults(new FaultRates(Map.of(Fault.SERVER_ERROR, 0.3, Fault.THROTTLED, 0.2)));
    List<Integer> first = statuses(start(NO_LIMITS, settings));
    List<Integer> second = statuses(start(NO_LIMITS, settings));
    assertThat(second).isEqualTo(first);
    assertThat(first.stream().filter(status -> status == 500).count()).isBetween(35L, 90L);
    assertThat(first.stream().filter(status -> status == 429).count()).isBetween(20L, 65L);
  }

  private List<Integer> statuses(Simulator simulator) throws Exception {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      statuses.add(chat(simulator, "Call " + i).statusCode());
    }
    return statuses;
  }

  @Test
  void latencyDelaysResponse() throws Exception {
    Simulator simulator =
        start(
            NO_LIMITS,
            ProviderSettings.plain()
                .withLatency(new Latency.Uniform(Duration.ofMillis(150), Duration.ofMillis(160))));
    long startNanos = System.nanoTime();
    chat(simulator, "Hello.");
    assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
        .isGreaterThan(Duration.ofMillis(149));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | 400 | ",
        "[] | 400 | ",
        "{} | 400 | ",
        "{\"model\":\"gpt-9\",\"messages\":[]} | 404 | model_not_found",
        "{\"model\":\"gpt-4o\"} | 400 | missing_required_parameter",
        "{\"model\":\"gpt-4o\",\"messages\":[]} | 400 | empty_array",
        "{\"model\":\"gpt-4o\",\"messages\":[{\"content\":\"x\"}]} | 400 | missing_required_parameter",
        "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":0}"
            + " | 400 | integer_below_min_value",
      })
  void invalidRequestHasOpenAiError(String body, int status, String code) throws Exception {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    HttpResponse<String> response =
        client.send(request(simulator, "/chat/completions", body).build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(status);
    JsonNode error = JSON.readTree(response.body()).path("error");
    assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(error.path("code").asString("")).isEqualTo(code == null ? "" : code);
  }

  @Test
  void streamedChunksFormTheSameReply() throws Exception {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    String whole =
        JSON.readTree(chat(simulator, "Rain fell on the town. The river rose.").body())
            .path("choices")
            .path(0)
            .path("message")
            .path("content")
            .asString();

    HttpResponse<String> response =
        client.send(
            request(
                    simulator,
                    "/chat/completions",
                    """
                    {"model":"gpt-4o-mini","n":2,"stream":true,"stream_options":{"include_usage":true},
                     "messages":[{"role":"user","content":"Rain fell on the town. The river rose."}]}""")
                .build(),
            BodyHandlers.ofString());

    assertThat(response.headers().firstValue("content-type").orElse(""))
        .startsWith("text/event-stream");
    List<String> events = response.body().lines().filter(line -> !line.isEmpty()).toList();
    assertThat(events).allMatch(line -> line.startsWith("data: ")).last().isEqualTo("data: [DONE]");
    List<JsonNode> chunks =
        events.subList(0, events.size() - 1).stream()
            .map(line -> JSON.readTree(line.substring("data: ".length())))
            .toList();
    for (int choice = 0; choice < 2; choice++) {
      int index = choice;
      assertThat(
              chunks.stream()
                  .map(chunk -> chunk.path("choices").path(0))
                  .filter(item -> item.path("index").asInt(-1) == index)
                  .map(item -> item.path("delta").path("content").asString(""))
                  .collect(Collectors.joining()))
          .isEqualTo(whole);
    }
    assertThat(chunks.getLast().path("usage").path("completion_tokens").asLong()).isPositive();
  }

  @Test
  void halfBodyTruncatesStream() throws Exception {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());

    assertThat(streamed(simulator, "Rain fell on the town."))
        .startsWith("HTTP/1.1 200")
        .endsWith("data: [DONE]\n\n");
    assertThat(streamed(simulator, "[[sluice:half-body]] Rain fell on the town."))
        .startsWith("HTTP/1.1 200")
        .contains("data: {")
        .doesNotContain("data: [DONE]");
  }

  @Test
  void requestWithToolsGetsToolCall() throws Exception {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    HttpResponse<String> response =
        client.send(
            request(
                    simulator,
                    "/chat/completions",
                    """
                    {"model":"gpt-4o-mini","tools":[{"type":"function","function":{"name":"weather"}}],
                     "messages":[{"role":"user","content":"How is the weather?"}]}""")
                .build(),
            BodyHandlers.ofString());

    JsonNode choice = JSON.readTree(response.body()).path("choices").path(0);
    assertThat(choice.path("finish_reason").asString()).isEqualTo("tool_calls");
    JsonNode call = choice.path("message").path("tool_calls").path(0).path("function");
    assertThat(call.path("name").asString()).isEqualTo("weather");
    assertThat(JSON.readTree(call.path("arguments").asString()).isObject()).isTrue();
  }

  @Test
  void missingOrInvalidKeyIsRejected() throws Exception {
    Simulator simulator =
        start(NO_LIMITS, ProviderSettings.plain().withKeys(Set.of("another-key-0001")));
    assertThat(chat(simulator, "Hello.").statusCode()).isEqualTo(401);
    HttpRequest noKey =
        HttpRequest.newBuilder(URI.create(simulator.url() + "/chat/completions"))
            .POST(BodyPublishers.ofString(body("Hello.")))
            .build();
    HttpResponse<String> response = client.send(noKey, BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body()).contains("You didn't provide an API key.");
  }

  @Test
  void embeddingsAreDeterministicUnitVectors() throws Exception {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    JsonNode floats = embed(simulator, "\"float\"");
    assertThat(floats.size()).isEqualTo(256);
    double squares = 0;
    for (JsonNode number : floats) {
      squares += number.asDouble() * number.asDouble();
    }
    assertThat(squares).isBetween(0.9999, 1.0001);
    byte[] bytes = Base64.getDecoder().decode(embed(simulator, "\"base64\"").asString());
    float first = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat();
    assertThat(bytes).hasSize(1024);
    assertThat(first).isEqualTo((float) floats.get(0).asDouble());
  }

  private JsonNode embed(Simulator simulator, String format) throws Exception {
    String body =
        "{\"model\":\"text-embedding-3-small\",\"input\":[\"a\",\"b\"],\"dimensions\":256,"
            + "\"encoding_format\":"
            + format
            + "}";
    HttpResponse<String> response =
        client.send(request(simulator, "/embeddings", body).build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return JSON.readTree(response.body()).at("/data/1/embedding");
  }

  @Test
  void limitsChangeAtRuntime() throws Exception {
    Simulator simulator = start(NO_LIMITS, ProviderSettings.plain());
    URI limits = simulator.url().resolve("/simulator/limits");
    HttpResponse<String> changed = post(limits, "{\"requests_per_minute\":1}");
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(chat(simulator, "One.").statusCode()).isEqualTo(200);
    assertThat(chat(simulator, "Two.").statusCode()).isEqualTo(429);
    assertThat(post(limits, "{\"rpm\":1}").statusCode()).isEqualTo(400);
    assertThat(post(limits, "{\"model\":\"gpt-9\"}").body()).contains("Unknown model gpt-9");
  }

  private HttpResponse<String> post(URI uri, String body) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build();
    return client.send(request, BodyHandlers.ofString());
  }

  @Test
  void logMatchesStatistics() throws Exception {
    Path log = folder.resolve("calls.jsonl");
    Simulator simulator =
        started(
            new SimulatorSettings(
                "127.0.0.1",
                0,
                log,
                Duration.ofMinutes(1),
                LimitSettings.of(4, 0),
                ProviderSettings.plain()));
    for (String prompt : List.of("A.", "B [[sluice:500]]", "C.", "A.", "D.", "E.")) {
      chat(simulator, prompt);
    }
    List<JsonNode> lines = Files.readAllLines(log).stream().map(JSON::readTree).toList();
    URI uri = simulator.url().resolve("/simulator/stats");
    HttpRequest get = HttpRequest.newBuilder(uri).build();
    JsonNode stats = JSON.readTree(client.send(get, BodyHandlers.ofString()).body());
    assertThat(lines).hasSize(6);
    assertThat(stats.path("calls").asLong()).isEqualTo(6);
    assertThat(stats.at("/by_status/429").asLong()).isEqualTo(2);
    assertThat(stats.path("rate_limited").asLong()).isEqualTo(2);
    assertThat(stats.at("/faults/500").asLong()).isEqualTo(1);
    assertThat(stats.path("distinct_bodies").asLong()).isEqualTo(5);
    long tokens = lines.stream().mapToLong(line -> line.path("prompt_tokens").asLong()).sum();
    assertThat(stats.path("prompt_tokens").asLong()).isEqualTo(tokens).isPositive();
    JsonNode second = lines.get(1);
    assertThat(second.propertyNames())
        .containsExactly(
            "at",
            "path",
            "model",
            "key",
            "status",
            "prompt_tokens",
            "completion_tokens",
            "charged_tokens",
            "retry_after_ms",
            "latency_ms",
            "fault",
            "request_sha256");
    assertThat(second.path("key").asString()).isEqualTo("5678");
    assertThat(second.path("fault").asString()).isEqualTo("500");
    assertThat(lines.get(0).path("request_sha256")).isEqualTo(lines.get(3).path("request_sha256"));
    assertThat(second.path("charged_tokens").asLong()).isGreaterThan(ASSUMED_OUTPUT);
    assertThat(second.path("retry_after_ms").isNull()).isTrue();
    JsonNode rejected = lines.get(5);
    assertThat(rejected.path("charged_tokens").asLong()).isZero();
    assertThat(rejected.path("retry_after_ms").asLong()).isBetween(1L, 15_000L);
  }

  private Simulator start(LimitSettings limits, ProviderSettings provider) {
    return started(SimulatorSettings.local(limits, provider));
  }

  private Simulator started(SimulatorSettings settings) {
    Simulator simulator = Simulator.start(settings, Clock.systemUTC());
    started.add(simulator);
    return simulator;
  }

  private HttpResponse<String> chat(Simulator simulator, String prompt) throws Exception {
    HttpRequest request = request(simulator, "/chat/completions", body(prompt)).build();
    return client.send(request, BodyHandlers.ofString());
  }

  /** The raw bytes of a streamed response: an HTTP client discards a truncated response. */
  private static String streamed(Simulator simulator, String prompt) throws IOException {
    URI uri = simulator.url();
    String body =
        "{\"model\":\"gpt-4o-mini\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
            .formatted(prompt);
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout((int) Duration.ofSeconds(10).toMillis());
      socket
          .getOutputStream()
          .write(
              """
              POST %s/chat/completions HTTP/1.1\r
              Host: %s\r
              Connection: close\r
              Authorization: Bearer sk-test-12345678\r
              Content-Length: %d\r
              \r
              %s"""
                  .formatted(uri.getPath(), uri.getAuthority(), body.length(), body)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String body(String prompt) {
    return "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":%s}]}"
        .formatted(JSON.writeValueAsString(prompt));
  }

  private static HttpRequest.Builder request(Simulator simulator, String path, String body) {
    return HttpRequest.newBuilder(URI.create(simulator.url() + path))
        .header("Authorization", "Bearer sk-test-12345678")
        .POST(BodyPublishers.ofString(body));
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
