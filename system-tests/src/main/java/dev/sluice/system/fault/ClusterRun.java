package dev.sluice.system.fault;

import dev.sluice.system.run.BrokerCluster;
import dev.sluice.system.run.CloseableStack;
import dev.sluice.system.run.RabbitInstallation;
import dev.sluice.system.run.RunningSluice;
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

  /**
   * At least two such batches wait at each fault, so that the workers have tasks during the whole
   * fault.
   */
  private static final int LINES = 250;

  private static final int LIVE_CALLERS = 2;
  private static final String TASKS = "sluice.tasks.default";
  private static final Duration RECOVERED_WITHIN = Duration.ofSeconds(20);
  private static final Duration LONGEST_CALM = Duration.ofMinutes(10);

  private final RabbitInstallation installation;
  private final List<NodeFault> faults;
  private final Duration down;
  private final Consumer<String> told;

  private ClusterRun(
      RabbitInstallation installation,
      List<NodeFault> faults,
      Duration down,
      Consumer<String> told) {
    this.installation = installation;
    this.faults = faults;
    this.down = down;
    this.told = told;
  }

  /**
   * Injects only the two most severe faults.
   *
   * @param told receives one line per fault
   */
  public static ClusterRun shortOne(RabbitInstallation installation, Consumer<String> told) {
    return new ClusterRun(
        installation,
        List.of(NodeFault.LEADER_KILLED, NodeFault.MAJORITY_KILLED),
        Duration.ofSeconds(5),
        told);
  }

  /**
   * Injects all faults, in several rounds.
   *
   * @param down time until a killed node is started again
   * @param told receives one line per fault
   */
  public static ClusterRun longOne(
      RabbitInstallation installation, int rounds, Duration down, Consumer<String> told) {
    List<NodeFault> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      all.addAll(List.of(NodeFault.values()));
    }
    return new ClusterRun(installation, all, down, told);
  }

  /**
   * Result of a run.
   *
   * @param balanced whether every task finished once, and no more were called twice than were
   *     in flight
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
    try (CloseableStack open = new CloseableStack().closedAtExit()) {
      BrokerCluster cluster = open.add(BrokerCluster.start(installation, nodes, NODES));
      RunningSluice sluice = open.add(started(folder, cluster));
      Map<String, String> settings = sluice.environment();
      LiveCalls live =
          open.add(
              new LiveCalls(
                  () -> settings.getOrDefault("SLUICE_URL", ""),
                  settings.getOrDefault("SLUICE_API_KEY", ""),
                  LIVE_CALLERS));
      BatchLoad load = new BatchLoad(sluice, folder, () -> startWhoEnded(sluice), LINES);
      Set<Integer> members = Set.copyOf(cluster.membersOfQueues());
      told.accept(
          "%d nodes of RabbitMQ %s, quorum queues of %s members"
              .formatted(NODES, cluster.version(), members));
      List<InjectedIncident> struck = new ArrayList<>();
      load.fill();
      Instant calmFrom = Instant.now();
      Thread.sleep(RECOVERED_WITHIN);
      String calm = pause(sluice, calmFrom, Instant.now());
      told.accept("     no call for %s at most without an accident".formatted(calm));
      for (NodeFault fault : faults) {
        load.fill();
        Instant from = Instant.now();
        strike(cluster, fault);
        Thread.sleep(RECOVERED_WITHIN);
        struck.add(
            new InjectedIncident(
                fault, from, Instant.now())); // leaders and connections move meanwhile
        told.accept(
            "%4d %s: no call for %s"
                .formatted(struck.size(), fault.words(), pause(sluice, from, Instant.now())));
      }
      live.finish();
      boolean rest = load.allRest(LONGEST_CALM);
      TaskLedger ledger =
          TaskLedger.of(
              load,
              PaidCalls.of(sluice.calls(), struck, List.of()),
              // outcomes= null,
              WORKERS * CONCURRENCY);
      String text =
          "%d accidents, %d batches%s\n%s\nlive calls   %s"
              .formatted(
                  struck.size(),
                  load.batches().size(),
                  rest ? "" : ", NOT ALL AT REST",
                  ledger.shown(),
                  live.ends());
      return new RunResult(rest && ledger.isBalanced(), live.ends(), members, text);
    }
  }

  private static RunningSluice started(Path folder, BrokerCluster cluster) {
    return RunningSluice.start(
        folder.resolve("home"),
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

  private static void startWhoEnded(RunningSluice sluice) {
    sluice.processes().keySet().stream()
        .filter(name -> name.startsWith("worker-") || name.equals("producer"))
        .filter(name -> !sluice.runs(name))
        .forEach(sluice::startAgain);
  }

  private void strike(BrokerCluster cluster, NodeFault fault) throws InterruptedException {
    int leader = cluster.leaderOf(TASKS);
    int follower = leader % NODES + 1;
    switch (fault) {
      case LEADER_KILLED -> killAndStart(cluster, leader);
      case FOLLOWER_KILLED -> killAndStart(cluster, follower);
      case LEADER_FROZEN -> {
        cluster.freeze(leader);
        Thread.sleep(down);
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
        Thread.sleep(down);
        cluster.start(follower);
        cluster.start(leader);
      }
    }
  }

  private void killAndStart(BrokerCluster cluster, int node) throws InterruptedException {
    cluster.kill(node);
    Thread.sleep(down);
    cluster.start(node);
  }

  private static String pause(RunningSluice sluice, Instant from, Instant until) {
    Duration longest = CallGaps.of(sluice.calls()).longest(from, until);
    return String.format(Locale.ROOT, "%.1f s", longest.toMillis() / 1000.0);
  }
}
