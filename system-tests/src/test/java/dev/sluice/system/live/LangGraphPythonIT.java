package dev.sluice.system.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulator.Simulator;
import dev.sluice.system.run.ObservedExtensions;
import dev.sluice.system.run.PythonEnvironment;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the Python examples with the packages from PyPI. */
@Tag("packaging")
class LangGraphPythonIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Path EXAMPLES = Checkout.root().resolve("examples");
  private static final String KEY = "sk-provider";
  private static final int RPM = 300;
  private static final int CALLS = 60;
  private static final int PROCESSES = 8;

  @TempDir private static @Nullable Path folder;
  private static @Nullable PythonEnvironment python;
  private static @Nullable Simulator provider;
  private static @Nullable RunningSluice sluice;

  /** Starts Sluice while pip installs the packages. */
  @BeforeAll
  static void start() throws IOException {
    Path requirements = EXAMPLES.resolve("langgraph-python/requirements.txt");
    Simulator simulator = LangGraphIT.provider(RPM);
    provider = simulator;
    Path routes = Files.writeString(folder().resolve("routes.yaml"), routes(simulator));
    CompletableFuture<RunningSluice> starting =
        CompletableFuture.supplyAsync(
            () -> RunningSluice.start(folder().resolve("home"), "--routes", routes.toString()),
            Thread::startVirtualThread);
    try {
      python =
          PythonEnvironment.create(
              Checkout.root().resolve("system-tests/target/python"), requirements);
    } finally {
      sluice = starting.join();
    }
  }

  /** With a price, which the budget of a batch needs. */
  private static String routes(Simulator simulator) {
    return """
        sluice:
          routes:
            - name: default
              models: ["*"]
              provider: {url: "%s", api-key: "%s"}
              concurrency: 8
              prices: [{input-per-million: 1, output-per-million: 1, as-of: 2000-01-01}]
        """
        .formatted(simulator.url(), KEY);
  }

  @AfterAll
  static void stop() {
    if (sluice != null) {
      sluice.close();
    }
    if (provider != null) {
      provider.close();
    }
  }

  @Test
  void baseUrlAloneAvoidsTheRateLimitErrors() throws Exception {
    try (Simulator direct = LangGraphIT.provider(RPM)) {
      JsonNode seen =
          run(
              "langgraph-python/main.py",
              Map.of("OPENAI_BASE_URL", direct.url() + "", "OPENAI_API_KEY", KEY));

      assertThat(seen.path("errors").valueStream().map(JsonNode::asString))
          .isNotEmpty()
          .allMatch(error -> error.contains("RateLimitError: Error code: 429"));
      assertThat(direct.stats().rateLimited()).isPositive();
    }
    long before = Objects.requireNonNull(provider).stats().calls();

    JsonNode seen = run("langgraph-python/main.py", throughSluice());

    assertThat(seen.path("errors").toString()).isEqualTo("[]");
    assertThat(seen.path("finished").asInt()).isEqualTo(PROCESSES);
    assertThat(seen.path("stories").asInt()).isEqualTo(CALLS);
    assertThat(Objects.requireNonNull(provider).stats().calls() - before).isEqualTo(CALLS);
  }

  @Test
  void streamsToolsStructuredOutputAndAsyncCallsWork() throws Exception {
    JsonNode seen = run("langgraph-python/features.py", throughSluice());

    assertThat(seen.path("streamed").asString())
        .isEqualTo("Rain fell on the town and the river rose.");
    assertThat(seen.path("chunks").asInt()).isGreaterThan(5);
    assertThat(seen.path("tool").toString())
        .isEqualTo("{\"tool\":\"weather\",\"answer\":\"How is the weather?\"}");
    assertThat(seen.path("function").asString()).isEqualTo("unknown");
    assertThat(seen.path("schema").asString()).isEqualTo("Bern");
    assertThat(seen.path("async").toString())
        .isEqualTo("{\"replies\":5,\"streamed\":\"Snow fell on the hills.\"}");
    assertThat(seen.path("usage").asInt()).isPositive();
  }

  @Test
  void batchOfDocumentsIsSubmittedFollowedAndRetried() throws Exception {
    Path documents = Files.createDirectories(folder().resolve("documents"));
    Files.writeString(documents.resolve("a.txt"), "The river rose.");
    Files.writeString(documents.resolve("b.txt"), "[[sluice:400x1]] The river fell.");
    String batch = documents("submit", documents.toString()).strip();

    assertThat(documents("follow", batch).lines())
        .hasSize(2)
        .contains("{\"document\": \"a.txt\", \"summary\": \"The river rose.\"}")
        .anyMatch(line -> line.startsWith("{\"document\": \"b.txt\", \"error\": "));
    assertThat(documents("retry", batch).lines())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("{\"document\": \"b.txt\", \"summary\": "));
  }

  @Test
  void sdkSendsAndReadsTheExtensionsOfABatch() throws Exception {
    Path program = Checkout.root().resolve("system-tests/src/test/python/extensions.py");

    JsonNode seen = JSON.readTree(python().run(folder(), throughSluice(), program.toString()));

    ObservedExtensions.assertSeen(seen);
  }

  private static String documents(String command, String argument) throws IOException {
    return python().run(folder(), throughSluice(), documentsProgram(), command, argument);
  }

  private static String documentsProgram() {
    return EXAMPLES.resolve("python/documents.py").toString();
  }

  private static Map<String, String> throughSluice() {
    Map<String, String> environment = Objects.requireNonNull(sluice).environment();
    return Map.of(
        "OPENAI_BASE_URL",
        Objects.requireNonNull(environment.get("OPENAI_BASE_URL")),
        "OPENAI_API_KEY",
        Objects.requireNonNull(environment.get("OPENAI_API_KEY")));
  }

  private static JsonNode run(String program, Map<String, String> environment) throws IOException {
    return JSON.readTree(python().run(folder(), environment, EXAMPLES.resolve(program).toString()));
  }

  private static PythonEnvironment python() {
    return Objects.requireNonNull(python);
  }

  private static Path folder() {
    return Objects.requireNonNull(folder);
  }
}
