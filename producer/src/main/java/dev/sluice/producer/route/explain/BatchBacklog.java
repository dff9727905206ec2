package dev.sluice.producer.route.explain;

import dev.sluice.producer.store.BatchId;

/**
 * The unfinished tasks of a batch on one route.
 *
 * @param queued tasks in PostgreSQL
 * @param inBroker tasks in the broker or with a worker
 * @param priority weight of the batch among those of its project
 * @param running false while the batch is suspended
 */
public record BatchBacklog(
    BatchId batch,
    String project,
    String route,
    long queued,
    long inBroker,
    int priority,
    boolean running) {

  long unfinished() {
    return queued + inBroker;
  }
}
