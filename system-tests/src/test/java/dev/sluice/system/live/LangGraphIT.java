package dev.sluice.system.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.simulator.Simulator;
import dev.sluice.simulator.SimulatorSettings;
import dev.sluice.simulator.latency.Latency;
import dev.sluice.simulator.limit.LimitAlgorithm;
import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.limit.PerMinute;
import dev.sluice.simulator.provider.ProviderSettings;
import dev.sluice.system.run.Program;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests the example of docs/langgraph.md: eight processes make 60 calls with one key, at 120 per
 * minute.
 */
@Tag("packaging")
class LangGraphIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String KEY = "sk-provider";
  private static final int RPM = 120;
  private static final int CALLS = 60;
  private static final int PROCESSES = 8;

  @TempDir private @Nullable Path folder;

  @Test
  void baseUrlAloneAvoidsTheRateLimitErrors() throws Exception {
    assumeTrue(Program.areInstalled("node", "npm"), "node and npm are installed");
    CompletableFuture<Path> packages =
        CompletableFuture.supplyAsync(this::withPackages, Thread::startVirtualThread);
    try (Simulator direct = provider(RPM);
        Simulator provider = provider(RPM);
        RunningSluice sluice = start(provider)) {
      Path example = packages.join();
      JsonNode rejected = run(example, direct.url() + "", KEY);

      assertThat(rejected.path("errors").size()).isPositive();
      assertThat(rejected.path("errors").valueStream().map(JsonNode::asString))
          .allMatch(error -> error.contains("429"));
      assertThat(direct.stats().rateLimited()).isPositive();

      Map<String, String> environment = sluice.environment();
      JsonNode seen =
          run(
              example,
              Objects.requireNonNull(environment.get("OPENAI_BASE_URL")),
              Objects.requireNonNull(environment.get("OPENAI_API_KEY")));

      assertThat(seen.path("errors").toString()).isEqualTo("[]");
      assertThat(seen.path("finished").asInt()).isEqualTo(PROCESSES);
      assertThat(seen.path("stories").asInt()).isEqualTo(CALLS);
      assertThat(provider.stats().calls()).isEqualTo(CALLS);
      // The calls use the limit: 60 calls at 120 per minute take little more than 30 s, and some
      // seconds pass until the last process makes its first call.
      assertThat(seen.path("seconds").asDouble()).isLessThan(2 * 60.0 * CALLS / RPM);
    }
  }

  /** Provider whose bucket holds three seconds of calls, as OpenAI's does. */
  static Simulator provider(int requestsPerMinute) {
    LimitSettings limits =
        new LimitSettings(
            new PerMinute(requestsPerMinute, 0),
            Map.of(),
            LimitAlgorithm.TOKEN_BUCKET,
            Duration.ofSeconds(3),
            false);
    ProviderSettings settings =
        ProviderSettings.plain().withLatency(new Latency.Fixed(Duration.ofMillis(400)));
    return Simulator.start(SimulatorSettings.local(limits, settings), Clock.systemUTC());
  }

  private RunningSluice start(Simulator provider) {
    return RunningSluice.start(
        folder().resolve("home"), "--provider-url", provider.url() + "", "--provider-key", KEY);
  }

  private static JsonNode run(Path example, String url, String key) throws IOException {
    Map<String, String> environment = Map.of("OPENAI_BASE_URL", url, "OPENAI_API_KEY", key);
    return JSON.readTree(Program.run(example, environment, "node", "main.mjs"));
  }

  private Path withPackages() {
    try {
      return installed();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Path installed() throws IOException {
    Path source = Checkout.root().resolve("examples/langgraph");
    Path example = Files.createDirectories(folder().resolve("langgraph"));
    for (String name : List.of("package.json", "package-lock.json", "graph.mjs", "main.mjs")) {
      Files.copy(source.resolve(name), example.resolve(name));
    }
    Program.run(example, Map.of(), "npm", "ci", "--no-audit", "--no-fund");
    return example;
  }

  private Path folder() {
    return Objects.requireNonNull(folder);
  }
}
