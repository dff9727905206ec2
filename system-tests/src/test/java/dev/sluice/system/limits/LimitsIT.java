package dev.sluice.system.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.system.run.Documents;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LimitsIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int WORKERS = 3;

  @TempDir private @Nullable Path folder;
  private @Nullable RunningSluice sluice;

  @AfterEach
  void stop() {
    sluice().close();
  }

  @Test
  void workersLearnAdvertisedLimitsAndReceiveNo429() {
    sluice =
        RunningSluice.start(
            folder().resolve("home"),
            "--workers",
            Integer.toString(WORKERS),
            "--simulator-rpm",
            "300",
            "--latency",
            "fixed:200ms");
    List<String> names = Documents.write(documents(), 360); // one full bucket and more

    Checkout.RunResult runResult =
        sluice()
            .cli(
                "summarize",
                documents().toString(),
                "--model",
                "gpt-4o-mini",
                "--out",
                summaries().toString());

    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    Documents.assertSummarised(names, summaries());
    assertThat(sluice().calls()).hasSize(names.size());
    assertThat(sluice().calls()).allMatch(call -> call.path("status").asInt() == 200);
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              assertThat(route().path("workers").asInt()).isEqualTo(WORKERS);
              JsonNode limit = route().path("limits").path(0);
              assertThat(limit.path("limit").asString("")).isEqualTo("requests");
              assertThat(limit.path("per_minute").asInt()).isEqualTo(300);
              assertThat(limit.path("source").asString("")).isEqualTo("advertised");
            });
  }

  private JsonNode route() {
    return json("routes", "--json").path("routes").path(0);
  }

  private JsonNode json(String... command) {
    Checkout.RunResult runResult = sluice().cli(command);
    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    return JSON.readTree(runResult.out());
  }

  private Path documents() {
    return folder().resolve("documents");
  }

  private Path summaries() {
    return folder().resolve("summaries.jsonl");
  }

  private RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }

  private Path folder() {
    return Objects.requireNonNull(folder);
  }
}
