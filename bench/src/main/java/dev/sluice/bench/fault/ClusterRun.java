package dev.sluice.bench.fault;

import dev.sluice.testkit.broker.BrokerCluster;
import dev.sluice.testkit.broker.RabbitInstallation;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.run.RunningSluice;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Injects faults into a three-node broker cluster under batch and live load, and measures the
 * intervals between calls.
 */
public final class ClusterRun {
  private static final int NODES = 3;
  private static final int WORKERS = 2;
  private static final int CONCURRENCY = 6;
  private static final int CALLS_PER_MINUTE = 600;

  private static final int LIVE_CALLERS = 2;
  private static final String TASKS = "sluice.tasks.default";
  private static final Duration RECOVERY_TIME = Duration.ofSeconds(20);
  private static final Duration FINISH_TIMEOUT = Duration.ofMinutes(10);

  private final RabbitInstallation installation;
  private final List<NodeFault> faults;
  private final Extent extent;
  private final Consumer<String> progress;

  private ClusterRun(
      RabbitInstallation installation,
      List<NodeFault> faults,
      Extent extent,
      Consumer<String> progress) {
    this.installation = installation;
    this.faults = faults;
    this.extent = extent;
    this.progress = progress;
  }

  /**
   * What makes a run long.
   *
   * @param down time until a killed node is started again
   * @param baseline time without a fault, before the first one
   * @param lines lines per batch. Three such batches wait at each fault, so that the workers have
   *     tasks during the whole fault
   * @param settings environment variables of producer and workers
   */
  private record Extent(
      Duration down, Duration baseline, int lines, Map<String, String> settings) {}

  /**
   * Injects only the two most severe faults. Lost tasks are published again after 20 s instead of
   * one minute.
   *
   * @param progress receives one line per fault
   */
  public static ClusterRun shortRun(RabbitInstallation installation, Consumer<String> progress) {
    return new ClusterRun(
        installation,
        List.of(NodeFault.LEADER_KILLED, NodeFault.MAJORITY_KILLED),
        new Extent(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            150,
            Map.of("SLUICE_DISPATCH_LOSTAFTER", "20s")),
        progress);
  }

  /**
   * Injects all faults, in several rounds.
   *
   * @param down time until a killed node is started again
   * @param progress receives one line per fault
   */
  public static ClusterRun longRun(
      RabbitInstallation installation, int rounds, Duration down, Consumer<String> progress) {
    List<NodeFault> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      all.addAll(List.of(NodeFault.values()));
    }
    return new ClusterRun(
        installation, all, new Extent(down, RECOVERY_TIME, 250, Map.of()), progress);
  }

  /**
   * Result of a run.
   *
   * @param balanced whether every task finished once, and no more were called twice than were in
   *     flight
   * @param live number of live calls by result
   * @param members distinct member counts of the quorum queues
   * @param text report to print
   */
  public record RunResult(
      boolean balanced, Map<String, Integer> live, Set<Integer> members, String text) {}

  /**
   * Runs the test.
   *
   * @param folder empty folder for the logs
   * @param nodes empty folder for the nodes' data, readable by the installation
   */
  public RunResult run(Path folder, Path nodes) throws InterruptedException {
    try (CloseableStack open = new CloseableStack().closeAtExit()) {
      BrokerCluster cluster = open.add(BrokerCluster.start(installation, nodes, NODES));
      RunningSluice sluice = open.add(startSluice(folder, cluster));
      Map<String, String> settings = sluice.environment();
      LiveCalls live =
          open.add(
              new LiveCalls(
                  () -> settings.getOrDefault("SLUICE_URL", ""),
                  settings.getOrDefault("SLUICE_API_KEY", ""),
                  LIVE_CALLERS));
      BatchLoad load = new BatchLoad(sluice, folder, () -> restartEnded(sluice), extent.lines());
      Set<Integer> members = Set.copyOf(cluster.membersOfQueues());
      progress.accept(
          "%d nodes of RabbitMQ %s, quorum queues of %s members"
              .formatted(NODES, cluster.version(), members));
      List<InjectedIncident> injected = new ArrayList<>();
      load.fill();
      Instant baselineStart = Instant.now();
      Thread.sleep(extent.baseline());
      String baseline = longestGap(sluice, baselineStart, Instant.now());
      progress.accept("     no call for %s at most without a fault".formatted(baseline));
      for (NodeFault fault : faults) {
        load.fill();
        Instant from = Instant.now();
        inject(cluster, fault);
        Thread.sleep(RECOVERY_TIME);
        injected.add(
            new InjectedIncident(
                fault, from, Instant.now())); // leaders and connections move meanwhile
        progress.accept(
            "%4d %s: no call for %s"
                .formatted(
                    injected.size(), fault.description(), longestGap(sluice, from, Instant.now())));
      }
      live.finish();
      boolean finished = load.awaitFinished(FINISH_TIMEOUT);
      TaskLedger ledger =
          TaskLedger.of(
              load,
              PaidCalls.of(sluice.calls(), injected, List.of()),
              /* outcomes= */ null,
              WORKERS * CONCURRENCY);
      String text =
          "%d faults, %d batches%s\n%s\nlive calls   %s"
              .formatted(
                  injected.size(),
                  load.batches().size(),
                  finished ? "" : ", NOT ALL FINISHED",
                  ledger.report(),
                  live.results());
      return new RunResult(finished && ledger.isBalanced(), live.results(), members, text);
    }
  }

  private RunningSluice startSluice(Path folder, BrokerCluster cluster) {
    return RunningSluice.start(
        folder.resolve("home"),
        extent.settings(),
        "--amqp-url",
        cluster.urls(),
        "--workers",
        Integer.toString(WORKERS),
        "--concurrency",
        Integer.toString(CONCURRENCY),
        "--rpm",
        Integer.toString(CALLS_PER_MINUTE),
        "--latency",
        "lognormal:300ms,0.5");
  }

  private static void restartEnded(RunningSluice sluice) {
    sluice.processes().keySet().stream()
        .filter(name -> name.startsWith("worker-") || name.equals("producer"))
        .filter(name -> !sluice.isRunning(name))
        .forEach(sluice::restart);
  }

  private void inject(BrokerCluster cluster, NodeFault fault) throws InterruptedException {
    int leader = cluster.leaderOf(TASKS);
    int follower = leader % NODES + 1;
    switch (fault) {
      case LEADER_KILLED -> killAndStart(cluster, leader);
      case FOLLOWER_KILLED -> killAndStart(cluster, follower);
      case LEADER_FROZEN -> {
        cluster.freeze(leader);
        Thread.sleep(extent.down());
        cluster.thaw(leader);
      }
      case LEADERS_SPREAD -> cluster.rebalance();
      case NODE_DRAINED -> {
        cluster.drain(leader);
        cluster.stop(leader);
        cluster.start(leader);
      }
      case MAJORITY_KILLED -> {
        cluster.kill(leader);
        cluster.kill(follower);
        Thread.sleep(extent.down());
        cluster.start(follower);
        cluster.start(leader);
      }
    }
  }

  private void killAndStart(BrokerCluster cluster, int node) throws InterruptedException {
    cluster.kill(node);
    Thread.sleep(extent.down());
    cluster.start(node);
  }

  private static String longestGap(RunningSluice sluice, Instant from, Instant until) {
    Duration longest = CallGaps.of(sluice.calls()).longest(from, until);
    return String.format(Locale.ROOT, "%.1f s", longest.toMillis() / 1000.0);
  }
}
