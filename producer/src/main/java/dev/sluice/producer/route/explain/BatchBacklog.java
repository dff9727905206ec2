package dev.sluice.producer.route.explain;

import dev.sluice.producer.store.BatchId;

/**
 * The unfinished tasks of a batch on one route.
 *
 * @param queued tasks in PostgreSQL
 * @param inBroker tasks in the broker or with a worker
 * @param blocked tasks that wait for the answers of others, which are called before them
 * @param priority weight of the batch among those of its project
 * @param running false while the batch is suspended
 */
public record BatchBacklog(
    BatchId batch,
    String project,
    String route,
    long queued,
    long inBroker,
    long blocked,
    int priority,
    boolean running) {

  /** The tasks that can be called. */
  long unfinished() {
    return queued + inBroker;
  }
}
