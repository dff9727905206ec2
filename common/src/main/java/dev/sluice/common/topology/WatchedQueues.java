package dev.sluice.common.topology;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;

/**
 * The queues that a process checks: some in each round, all in every 15th round. Many processes
 * check the same queues, and each check is a request to the broker.
 *
 * @param often the queues of each round
 * @param all all queues of the topology
 */
public record WatchedQueues(List<String> often, List<String> all) {
  private static final int ROUNDS = 15;

  public WatchedQueues {
    often = List.copyOf(often);
    all = List.copyOf(all);
  }

  /** A producer checks all but the delay queues in each round. */
  public static WatchedQueues ofProducer(Declarables topology) {
    Set<String> delays = Set.copyOf(DelayLevels.queueNames());
    return of(topology, name -> !delays.contains(name));
  }

  /** A worker checks the queues that it consumes in each round. */
  public static WatchedQueues ofWorker(Declarables topology) {
    return of(topology, name -> name.startsWith(Exchanges.TASKS + "."));
  }

  private static WatchedQueues of(Declarables topology, Predicate<String> isOften) {
    List<String> all =
        topology.getDeclarablesByType(Queue.class).stream().map(Queue::getName).toList();
    return new WatchedQueues(all.stream().filter(isOften).toList(), all);
  }

  /**
   * The queues to check.
   *
   * @param round 1 for the first
   */
  List<String> due(long round) {
    return round % ROUNDS == 0 ? all : often;
  }
}
