package dev.sluice.bench.fault;

import static org.awaitility.Awaitility.await;

import dev.sluice.bench.harness.BatchClient;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.run.Postgres;
import dev.sluice.testkit.run.RunningSluice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Restarts two producers and three workers in turn, while a batch runs and live calls go through
 * both producers.
 */
public final class RollingRun {
  private static final List<String> PRODUCERS = List.of("producer", "producer-2");
  private static final List<String> WORKERS = List.of("worker-1", "worker-2", "worker-3");
  private static final int CALLERS = 4;
  private static final int CALLS_PER_MINUTE = 1800;
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration BATCH_TIMEOUT = Duration.ofMinutes(10);

  private final int tasks;
  private final int rounds;
  private final Consumer<String> progress;

  /**
   * @param rounds restarts of each process
   * @param progress receives one line per restart
   */
  public RollingRun(int tasks, int rounds, Consumer<String> progress) {
    this.tasks = tasks;
    this.rounds = rounds;
    this.progress = progress;
  }

  /**
   * Result of a run.
   *
   * @param answered distinct successful lines of the output file
   * @param live number of live calls by result
   * @param calls calls that reached the provider
   * @param requests number of different requests among them
   * @param drainingReplies 503 readiness replies by producer
   * @param batchRunning whether the batch still ran at the last restart
   */
  public record RunResult(
      long answered,
      Map<String, Integer> live,
      long calls,
      long requests,
      Map<String, Integer> drainingReplies,
      boolean batchRunning) {

    /** Whether no task or live call was lost or rejected, and no request called twice. */
    public boolean isClean(int tasks) {
      long liveCalls = live.values().stream().mapToInt(count -> count).sum();
      return answered == tasks
          && live.keySet().equals(Set.of("200"))
          && calls == requests
          && calls == tasks + liveCalls
          && drainingReplies.keySet().containsAll(PRODUCERS)
          && batchRunning;
    }

    /** Report to print. */
    public String text(int tasks) {
      return String.format(
          Locale.ROOT,
          """
          tasks        %,7d, answered %,d%s
          live calls   %s
          calls        %,7d at the provider, of %,d different requests
          readiness    503 before the end: %s
          %s""",
          tasks,
          answered,
          batchRunning ? "" : ", FINISHED BEFORE THE LAST RESTART",
          live,
          calls,
          requests,
          drainingReplies,
          isClean(tasks) ? "Nothing was lost or repeated." : "SOMETHING WAS LOST OR REPEATED.");
    }
  }

  /**
   * Runs the test.
   *
   * @param folder empty folder for the logs
   */
  public RunResult run(Path folder) throws InterruptedException {
    try (CloseableStack open = new CloseableStack().closeAtExit()) {
      Postgres postgres = open.add(Postgres.start(folder.resolve("postgres"), Map.of()));
      RunningSluice sluice = open.add(started(folder, postgres));
      sluice.startCopy(PRODUCERS.getFirst(), PRODUCERS.getLast(), Map.of());
      awaitReady(sluice, PRODUCERS.getLast());
      LoadBalancer loadBalancer = open.add(new LoadBalancer(sluice, PRODUCERS));
      String key = sluice.environment().getOrDefault("SLUICE_API_KEY", "");
      BatchClient batches = new BatchClient(sluice);
      String batch =
          batches.submit(
              BatchClient.write(
                  folder.resolve("batch.jsonl"), "", tasks, 20, line -> "line " + line));
      LiveCalls live = open.add(new LiveCalls(loadBalancer::next, key, CALLERS));
      await().atMost(READY_TIMEOUT).until(() -> sluice.calls().size() > CALLERS);
      for (int round = 0; round < rounds; round++) {
        Stream.concat(PRODUCERS.stream(), WORKERS.stream()).forEach(one -> restart(sluice, one));
      }
      boolean batchRunning = !BatchClient.isFinished(batches.find(batch));
      live.finish();
      await()
          .atMost(BATCH_TIMEOUT)
          .pollInterval(Duration.ofSeconds(2))
          .until(() -> BatchClient.isFinished(batches.find(batch)));
      List<JsonNode> calls = sluice.calls();
      return new RunResult(
          answered(batches.results(batch)),
          live.results(),
          calls.size(),
          calls.stream().map(call -> call.path("request_sha256").asString()).distinct().count(),
          loadBalancer.drainingReplies(),
          batchRunning);
    }
  }

  private static RunningSluice started(Path folder, Postgres postgres) {
    Map<String, String> settings = new HashMap<>(postgres.environment());
    settings.put("SLUICE_SHUTDOWN_DELAY", "2s");
    settings.put("SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE", "5m");
    return RunningSluice.start(
        folder.resolve("home"),
        settings,
        "--workers",
        Integer.toString(WORKERS.size()),
        "--rpm",
        Integer.toString(CALLS_PER_MINUTE),
        "--latency",
        "lognormal:800ms,0.6");
  }

  private void restart(RunningSluice sluice, String name) {
    Duration stopped = sluice.terminate(name);
    long began = System.nanoTime();
    sluice.restart(name);
    awaitReady(sluice, name);
    Duration ready = Duration.ofNanos(System.nanoTime() - began);
    progress.accept(
        String.format(
            Locale.ROOT,
            "%-10s ended after %.1f s, ready again after %.1f s",
            name,
            stopped.toMillis() / 1000.0,
            ready.toMillis() / 1000.0));
  }

  private static void awaitReady(RunningSluice sluice, String name) {
    await()
        .atMost(READY_TIMEOUT)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> sluice.readiness(name) == 200);
  }

  private static long answered(List<JsonNode> results) {
    return results.stream()
        .filter(BatchClient::isAnswered)
        .collect(
            Collectors.groupingBy(line -> line.path("custom_id").asString(), Collectors.counting()))
        .values()
        .stream()
        .filter(times -> times == 1)
        .count();
  }
}
