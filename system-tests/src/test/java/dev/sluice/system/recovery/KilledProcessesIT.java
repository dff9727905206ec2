package dev.sluice.system.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.system.run.Documents;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Kills the processes of one installation one after another, and stops it at the end. */
@Tag("faults")
@TestMethodOrder(OrderAnnotation.class)
class KilledProcessesIT {
  private static final int DOCUMENTS = 200;
  private static final int CONCURRENCY = 6;
  private static final int LINES = 400;
  private static final List<Integer> CALLS_BEFORE_KILLS = List.of(60, 160, 260);

  /** Tasks that the producer publishes in one step: two seconds of 1,200 calls per minute. */
  private static final int MAX_BULK = 40;

  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** Tasks that a killed broker has lost are published again after 20 s instead of one minute. */
  private static final Map<String, String> LOST_AFTER = Map.of("SLUICE_DISPATCH_LOSTAFTER", "20s");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;

  /** Calls of earlier tests on the same installation. */
  private int callsBefore;

  @BeforeAll
  static void start() {
    sluice =
        RunningSluice.startWithBroker(
            folder().resolve("home"),
            LOST_AFTER,
            "--concurrency",
            Integer.toString(CONCURRENCY),
            "--rpm",
            "1200",
            "--latency",
            "fixed:150ms");
  }

  @AfterAll
  static void stop() {
    sluice().close();
  }

  @BeforeEach
  void countCalls() {
    callsBefore = sluice().calls().size();
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker-1", "broker", "producer"})
  @Order(1)
  void killedProcessLosesNoResultAndRepeatsOnlyCallsInFlight(String victim) {
    List<String> names = Documents.write(folder().resolve("documents"), DOCUMENTS);
    Path file = folder().resolve("summaries-%s.jsonl".formatted(victim));
    CompletableFuture<Checkout.RunResult> run =
        sluice()
            .cliAsync(
                "summarize",
                folder().resolve("documents").toString(),
                "--prompt",
                "Summarise this report before %s is killed.".formatted(victim),
                "--model",
                "gpt-4o-mini",
                "--out",
                file.toString());
    await().atMost(TIMEOUT).until(() -> calls().size() >= DOCUMENTS / 3);

    sluice().kill(victim);
    sluice().restart(victim);

    Checkout.RunResult runResult = run.join();
    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    Documents.assertSummarised(names, file);
    assertThat(calls().size() - distinctRequests())
        .as(repeatedCalls())
        .isLessThanOrEqualTo(CONCURRENCY);
  }

  @Test
  @Order(2)
  void producerKilledThreeTimesFinishesEachLineOnce() throws IOException {
    Path file = folder().resolve("batch.jsonl");
    List<String> names = IntStream.range(0, LINES).mapToObj(i -> "line-" + i).toList();
    Files.writeString(
        file, names.stream().map(KilledProcessesIT::line).collect(Collectors.joining()));
    String batch = sluice().cli("submit", file.toString()).out().strip();
    for (int calls : CALLS_BEFORE_KILLS) {
      await().atMost(TIMEOUT).until(() -> calls().size() >= calls);
      sluice().kill("producer");
      sluice().restart("producer");
    }

    await().atMost(TIMEOUT).until(() -> sluice().cli("status", batch).exitCode() == 0);
    Checkout.RunResult watched = sluice().cli("watch", batch);

    assertThat(watched.exitCode()).as(watched.err()).isZero();
    assertThat(sluice().cli("results", batch).out().lines())
        .extracting(line -> JSON.readTree(line).path("custom_id").asString())
        .containsExactlyElementsOf(names);
    // The producer publishes confirmed tasks again if it was killed before the commit.
    assertThat(calls().size() - distinctRequests())
        .as(repeatedCalls())
        .isLessThanOrEqualTo(CALLS_BEFORE_KILLS.size() * MAX_BULK);
  }

  private static String line(String name) {
    return """
        {"custom_id":"%1$s","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","max_tokens":20,"messages":[{"role":"user","content":"%1$s"}]}}
        """
        .formatted(name);
  }

  @Test
  @Order(3)
  void noProcessIsLeftAfterCtrlC() throws IOException {
    Set<Long> pids = new HashSet<>(sluice().processes().values());
    assertThat(pids).hasSizeGreaterThanOrEqualTo(4);

    if (interruptsAreIgnored()) {
      sluice().close();
    } else {
      sluice().interrupt();
    }

    // The launcher has seen its children end, but the system may need a moment to reap them.
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(pids).noneMatch(KilledProcessesIT::isAlive);
              assertThat(processesOf(folder())).isEmpty();
            });
    assertThat(folder().resolve("home/dev.env")).doesNotExist();
  }

  /** A shell starts its background jobs so, and they cannot change it. */
  private static boolean interruptsAreIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.isReadable(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring("SigIgn:".length()).strip())
            .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & 1 << 1) != 0);
  }

  /** Processes whose command line contains the folder. PostgreSQL and epmd have no pid file. */
  private static List<String> processesOf(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(folder.toString()))
        .toList();
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** Requests that were called more than once, with the times and statuses of their calls. */
  private String repeatedCalls() {
    return calls().stream()
        .collect(Collectors.groupingBy(call -> call.path("request_sha256").asString()))
        .values()
        .stream()
        .filter(calls -> calls.size() > 1)
        .map(calls -> calls.stream().map(JsonNode::toString).collect(Collectors.joining("\n  ")))
        .collect(Collectors.joining("\n", "repeated:\n", ""));
  }

  private int distinctRequests() {
    Set<String> requests = new HashSet<>();
    calls().forEach(call -> requests.add(call.path("request_sha256").asString()));
    return requests.size();
  }

  /** Calls of this test. */
  private List<JsonNode> calls() {
    List<JsonNode> all = sluice().calls();
    return all.subList(Math.min(callsBefore, all.size()), all.size());
  }

  private static RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }

  private static Path folder() {
    return Objects.requireNonNull(folder);
  }
}
