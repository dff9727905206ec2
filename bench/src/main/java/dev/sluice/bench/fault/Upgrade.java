package dev.sluice.bench.fault;

import static org.awaitility.Awaitility.await;

import dev.sluice.bench.harness.BatchClient;
import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Folders;
import dev.sluice.testkit.run.RunningSluice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * Command {@code bench/upgrade}: upgrades one worker, the producer and the other worker under load,
 * then downgrades one worker. Between the steps both versions consume from the same queue.
 */
@Command(
    description = {
      "Starts an earlier version, upgrades its processes one by one while batches run, downgrades one worker, and accounts for every task.",
      "Exit code 1 if a line has no result or two results, or was called twice."
    })
public final class Upgrade extends Scenario {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FOLDER",
      showDefaultValue = Visibility.NEVER,
      description = "Checkout of the earlier version. bench/upgrade creates one of COMMIT.")
  private Path earlier = Path.of("");

  @Option(names = "--lines", description = "Lines of each of the two batches.")
  private int lines = 600;

  @Override
  protected boolean run(Path folder, CloseableStack open) {
    RunningSluice sluice =
        open.add(
            RunningSluice.start(
                earlier,
                folder.resolve("home"),
                Map.of(),
                "--workers",
                "2",
                "--concurrency",
                "6",
                "--rpm",
                "1200",
                "--latency",
                "lognormal:300ms,0.5"));
    BatchClient batches = new BatchClient(sluice);
    System.out.println("the earlier version runs: producer, worker-1, worker-2");
    String first = submit(batches, folder.resolve("first.jsonl"), "first");
    after(sluice, lines / 5);
    replace(sluice, "worker-2", earlier, Checkout.root());
    after(sluice, lines * 2 / 5);
    replace(sluice, "producer", earlier, Checkout.root());
    after(sluice, lines * 3 / 5);
    replace(sluice, "worker-1", earlier, Checkout.root());
    String second = submit(batches, folder.resolve("second.jsonl"), "second");
    after(sluice, lines * 6 / 5);
    replace(sluice, "worker-2", Checkout.root(), earlier);
    List<JsonNode> results = new ArrayList<>(batches.awaitResults(first));
    results.addAll(batches.awaitResults(second));
    return account(results, sluice.calls());
  }

  /**
   * Stops the process with SIGTERM and starts the other version's program with the same command.
   */
  private void replace(RunningSluice sluice, String name, Path with, Path by) {
    int calls = sluice.calls().size();
    Duration stopped = sluice.terminate(name);
    Path command = sluice.home().resolve("run").resolve(name + ".cmd");
    Folders.write(command, Folders.read(command).replace(with.toString(), by.toString()));
    sluice.restart(name);
    await().atMost(TIMEOUT).until(() -> sluice.cli("status").exitCode() == 0);
    System.out.println(
        "%s runs %s: stopped within %.1f s, at call %d"
            .formatted(
                name,
                by.equals(earlier) ? "the earlier version" : "the new version",
                stopped.toMillis() / 1000.0,
                calls));
  }

  private static void after(RunningSluice sluice, int calls) {
    await()
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> sluice.calls().size() >= calls);
  }

  private String submit(BatchClient batches, Path file, String name) {
    BatchClient.write(
        file,
        name + "-",
        lines,
        20,
        line -> "%s, line %d%s".formatted(name, line, line % 25 == 0 ? " [[sluice:500x1]]" : ""));
    return batches.submit(file);
  }

  private boolean account(List<JsonNode> results, List<JsonNode> calls) {
    Set<String> answered =
        results.stream()
            .filter(BatchClient::isAnswered)
            .map(line -> line.path("custom_id").asString())
            .collect(Collectors.toSet());
    Map<Integer, Long> statuses =
        calls.stream()
            .collect(
                Collectors.groupingBy(
                    call -> call.path("status").asInt(), TreeMap::new, Collectors.counting()));
    Map<String, Integer> paid = new HashMap<>();
    calls.stream()
        .filter(call -> call.path("status").asInt() == 200)
        .forEach(call -> paid.merge(call.path("request_sha256").asString(), 1, Integer::sum));
    long paidTwice = paid.values().stream().mapToInt(times -> times - 1).sum();
    boolean clean = answered.size() == 2 * lines && results.size() == 2 * lines && paidTwice == 0;
    System.out.printf(
        """
        submitted   %,6d
        answered    %,6d
        duplicated  %,6d
        calls       %,6d by status %s
        paid twice  %,6d
        %s
        """,
        2 * lines,
        answered.size(),
        results.size() - answered.size(),
        calls.size(),
        statuses,
        paidTwice,
        clean ? "Nothing was lost or repeated." : "SOMETHING WAS LOST OR REPEATED.");
    return clean;
  }
}
