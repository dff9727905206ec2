package dev.sluice.system.accident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.system.run.Checkout;
import dev.sluice.system.run.Documents;
import dev.sluice.system.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KilledProcessesIT {
  private static final int DOCUMENTS = 200;
  private static final int CONCURRENCY = 6;
  private static final int LINES = 400;
  private static final List<Integer> KILLED_AFTER = List.of(60, 160, 260);

  /** Two seconds of 1200 calls a minute. */
  private static final int LARGEST_BULK = 40;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private @Nullable Path folder;
  private @Nullable RunningSluice sluice;

  @BeforeEach
  void start() {
    sluice =
        RunningSluice.start(
            folder().resolve("home"),
            "--concurrency",
            Integer.toString(CONCURRENCY),
            "--rpm",
            "1200",
            "--latency",
            "fixed:150ms");
  }

  @AfterEach
  void stop() {
    sluice().close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker-1", "broker", "producer"})
  void aProcessKilledInTheMiddleCostsNoResultAndNoMoreCallsThanWereInFlight(String victim) {
    List<String> names = Documents.write(folder().resolve("documents"), DOCUMENTS);
    Path file = folder().resolve("summaries.jsonl");
    CompletableFuture<Checkout.RunResult> run =
        sluice()
            .cliMeanwhile(
                "summarize",
                folder().resolve("documents").toString(),
                "--model",
                "gpt-4o-mini",
                "--out",
                file.toString());
    await().atMost(Duration.ofMinutes(2)).until(() -> sluice().calls().size() >= DOCUMENTS / 3);

    sluice().kill(victim);
    sluice().startAgain(victim);

    Checkout.RunResult runResult = run.join();
    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    Documents.assertSummarised(names, file);
    assertThat(sluice().calls().size() - distinctRequests())
        .as(repeatedCalls())
        .isLessThanOrEqualTo(CONCURRENCY);
  }

  @Test
  void aProducerKilledAgainAndAgainWhileItFeedsAndCollectsEndsEveryLineOnce() throws IOException {
    Path file = folder().resolve("batch.jsonl");
    List<String> names = IntStream.range(0, LINES).mapToObj(i -> "line-" + i).toList();
    Files.writeString(
        file, names.stream().map(KilledProcessesIT::line).collect(Collectors.joining()));
    String batch = sluice().cli("submit", file.toString()).out().strip();
    for (int calls : KILLED_AFTER) {
      await().atMost(Duration.ofMinutes(2)).until(() -> sluice().calls().size() >= calls);
      sluice().kill("producer");
      sluice().startAgain("producer");
    }

    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> sluice().cli("status", batch).exitCode() == 0);
    Checkout.RunResult watched = sluice().cli("watch", batch);

    assertThat(watched.exitCode()).as(watched.err()).isZero();
    assertThat(sluice().cli("results", batch).out().lines())
        .extracting(line -> JSON.readTree(line).path("custom_id").asString())
        .containsExactlyElementsOf(names);
    // A bulk that the broker had confirmed, but no commit had marked, is published again.
    assertThat(sluice().calls().size() - distinctRequests())
        .as(repeatedCalls())
        .isLessThanOrEqualTo(KILLED_AFTER.size() * LARGEST_BULK);
  }

  private static String line(String name) {
    return """
        {"custom_id":"%1$s","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","max_tokens":20,"messages":[{"role":"user","content":"%1$s"}]}}
        """
        .formatted(name);
  }

  @Test
  void afterCtrlCNoProcessIsLeft() {
    Set<Long> pids = new HashSet<>(sluice().processes().values());
    assertThat(pids).hasSizeGreaterThanOrEqualTo(4);

    sluice().interrupt();

    // The launcher has seen them end; the system may take a moment more to collect them.
    await().atMost(Duration.ofSeconds(5)).until(() -> pids.stream().noneMatch(this::isAlive));
    assertThat(processesOf(folder())).isEmpty();
    assertThat(folder().resolve("home/dev.env")).doesNotExist();
  }

  /**
   * Whatever names the home in its command line: PostgreSQL and epmd have no pid file of theirs.
   */
  private static List<String> processesOf(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(folder.toString()))
        .toList();
  }

  private boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** The calls of each request that came more than once: which, when, and with what answer. */
  private String repeatedCalls() {
    return sluice().calls().stream()
        .collect(Collectors.groupingBy(call -> call.path("request_sha256").asString()))
        .values()
        .stream()
        .filter(calls -> calls.size() > 1)
        .map(calls -> calls.stream().map(JsonNode::toString).collect(Collectors.joining("\n  ")))
        .collect(Collectors.joining("\n", "repeated:\n", ""));
  }

  private int distinctRequests() {
    Set<String> requests = new HashSet<>();
    sluice().calls().forEach(call -> requests.add(call.path("request_sha256").asString()));
    return requests.size();
  }

  private RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }

  private Path folder() {
    return Objects.requireNonNull(folder);
  }
}
