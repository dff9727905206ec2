package dev.sluice.system.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.system.run.Program;
import dev.sluice.system.run.PythonEnvironment;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Anthropic's Messages API with its SDKs and LangChain, live and as a batch. */
class AnthropicSdksIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Path SOURCES = Checkout.root().resolve("system-tests/src/test");

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;

  @BeforeAll
  static void start() {
    sluice =
        RunningSluice.start(
            folder().resolve("home"),
            "--latency",
            "fixed:20ms",
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
  void nodeSdkMakesLiveCalls() throws Exception {
    assumeTrue(Program.areInstalled("node", "npm"), "node and npm are installed");
    Path project = Files.createDirectories(folder().resolve("node"));
    for (String name : List.of("package.json", "messages.mjs")) {
      Files.copy(SOURCES.resolve("node/anthropic").resolve(name), project.resolve(name));
    }
    Program.run(
        project, Map.of(), "npm", "install", "--no-audit", "--no-fund", "--no-package-lock");

    JsonNode seen = JSON.readTree(Program.run(project, environment(), "node", "messages.mjs"));

    assertThat(seen.path("whole").asString()).isEqualTo("The river rose.");
    assertThat(seen.path("stop").asString()).isEqualTo("end_turn");
    assertThat(seen.path("usage").asBoolean()).isTrue();
    assertThat(seen.path("requestId").asString()).startsWith("req_");
    assertThat(seen.path("rateHeader").asString()).isEqualTo("6000");
    assertThat(seen.path("counted").asInt()).isPositive();
    assertThat(seen.path("tool").asString()).isEqualTo("weather");
    assertThat(seen.path("streamed").asString())
        .isEqualTo("Rain fell on the town and the river rose over its banks in the night.");
    assertThat(seen.path("spread").asDouble()).isGreaterThan(200);
    assertThat(seen.path("streamUsage").asBoolean()).isTrue();
    assertThat(seen.path("beta").asString()).isEqualTo("The tide turned.");
    assertThat(seen.path("bearer").asString()).isEqualTo("The sun set.");
    assertThat(seen.path("abortedAfter").asInt()).isEqualTo(3);
    assertThat(seen.path("errors").toString())
        .isEqualTo(
            """
            {"request":"BadRequestError 400 invalid_request_error id",\
            "unknown":"NotFoundError 404 not_found_error id",\
            "key":"AuthenticationError 401 authentication_error id",\
            "invalid":"BadRequestError 400 invalid_request_error id",\
            "timeout":"GatewayTimeoutError 504 timeout_error id",\
            "clientTimeout":"APIConnectionTimeoutError undefined undefined -",\
            "broken":"APIError undefined api_error id"}""");
  }

  @Test
  @Tag("packaging")
  void pythonSdkAndLangChainMakeLiveCalls() throws Exception {
    PythonEnvironment python =
        PythonEnvironment.create(
            Checkout.root().resolve("system-tests/target/python-anthropic"),
            SOURCES.resolve("python/requirements.txt"));

    JsonNode seen =
        JSON.readTree(
            python.run(folder(), environment(), SOURCES.resolve("python/messages.py").toString()));

    assertThat(seen.path("whole").asString()).isEqualTo("The river rose.");
    assertThat(seen.path("requestId").asString()).startsWith("req_");
    assertThat(seen.path("counted").asInt()).isPositive();
    assertThat(seen.path("streamed").asString())
        .isEqualTo("Rain fell on the town and the river rose.");
    assertThat(seen.path("streamUsage").asInt()).isGreaterThan(5);
    assertThat(seen.path("async").asInt()).isEqualTo(5);
    assertThat(seen.path("errors").toString())
        .isEqualTo(
            """
            {"request":"BadRequestError 400 invalid_request_error",\
            "unknown":"NotFoundError 404 not_found_error",\
            "key":"AuthenticationError 401 authentication_error"}""");
    assertThat(seen.path("chat").asString()).isEqualTo("The tide turned.");
    assertThat(seen.path("chatUsage").asBoolean()).isTrue();
    assertThat(seen.path("chatStreamed").asString()).isEqualTo("The sun set over the hills.");
    assertThat(seen.path("chatTool").asString()).isEqualTo("weather");
    assertThat(seen.path("chatStructured").asString()).isEqualTo("City");
  }

  @Test
  void linesOfBatchAreMessages() throws IOException {
    Path input = folder().resolve("messages.jsonl");
    Files.writeString(
        input,
        """
        {"custom_id":"good","method":"POST","url":"/v1/messages","body":{"model":"claude-sonnet-4-5","max_tokens":50,"messages":[{"role":"user","content":"[[sluice:cached=5]] The river rose."}]}}
        {"custom_id":"bad","method":"POST","url":"/v1/messages","body":{"model":"claude-sonnet-4-5","max_tokens":50,"messages":[]}}
        """);
    Path output = folder().resolve("results.jsonl");

    sluice().cli("submit", input.toString(), "--watch", "--out", output.toString());

    List<JsonNode> lines = Files.readString(output).lines().map(JSON::readTree).toList();
    assertThat(lines)
        .anySatisfy(
            line -> {
              assertThat(line.path("custom_id").asString()).isEqualTo("good");
              assertThat(line.at("/response/body/content/0/text").asString())
                  .isEqualTo("The river rose.");
              assertThat(line.at("/response/request_id").asString()).startsWith("req_");
            });
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThat(sluice().cli("dead-letters", "list").orThrow())
                    .contains("bad", "invalid_request"));
  }

  private static Map<String, String> environment() {
    Map<String, String> environment = sluice().environment();
    String url = Objects.requireNonNull(environment.get("OPENAI_BASE_URL"));
    return Map.of(
        "ANTHROPIC_BASE_URL",
        url.substring(0, url.length() - "/v1".length()),
        "ANTHROPIC_API_KEY",
        Objects.requireNonNull(environment.get("OPENAI_API_KEY")));
  }

  private static RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }

  private static Path folder() {
    return Objects.requireNonNull(folder);
  }
}
