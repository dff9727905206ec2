package dev.sluice.producer.explain;

import dev.sluice.producer.batch.BatchId;

/**
 * What of a batch is not done on a route.
 *
 * @param queued tasks in PostgreSQL
 * @param inBroker tasks in the broker or with a worker
 * @param priority its weight against others
 * @param running whether it takes its turns
 */
public record BatchShare(
    BatchId batch, String route, long queued, long inBroker, int priority, boolean running) {

  long left() {
    return queued + inBroker;
  }
}
