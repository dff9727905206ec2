package dev.sluice.producer.dispatch;

import java.time.Duration;

/**
 * How many tasks a route's queue should hold ready: some seconds of its workers' pace.
 *
 * <p>What is in the queue is served in the order of its arrival. A new batch waits behind it, and a
 * cancelled one is called out of it; so it is kept short, but never so short that a worker has to
 * wait for the feed. The pace is what left the queue since the last look. It is believed at once
 * where it rises and slowly where it falls: a queue that was too short looks like slow workers.
 */
final class QueueDepthTarget {
  private static final double SECONDS_KEPT = 2;
  private static final double SECONDS_TO_FORGET = 2;
  private static final long SHORTEST_LOOK_NANOS = Duration.ofMillis(150).toNanos();
  private static final double NANOS = Duration.ofSeconds(1).toNanos();

  /** For each consumer: the one that it takes next, and the one after that. */
  private static final int FOR_EACH_CONSUMER = 2;

  /** Without a consumer there is no pace: so much that those who come have something to do. */
  private static final int FOR_NOBODY = 100;

  private boolean looked;
  private long lookedAt;
  private long published;
  private int ready;
  private double perSecond;

  /**
   * How many tasks are missing.
   *
   * @param nowReady tasks in the queue that no consumer has
   * @param consumers of the queue
   * @param everPublished tasks that were ever published to it
   * @param nanoTime of a steady clock
   */
  int missing(int nowReady, int consumers, long everPublished, long nanoTime) {
    if (!looked) {
      look(nowReady, everPublished, nanoTime);
      looked = true;
    } else if (nanoTime - lookedAt >= SHORTEST_LOOK_NANOS) {
      double seconds = (nanoTime - lookedAt) / NANOS;
      long taken = Math.max(0, ready + (everPublished - published) - nowReady);
      double pace = (double) taken / seconds;
      double remembered = perSecond * Math.exp(-seconds / SECONDS_TO_FORGET);
      perSecond = Math.max(pace, remembered);
      look(nowReady, everPublished, nanoTime);
    }
    int kept =
        consumers == 0
            ? FOR_NOBODY
            : Math.max(FOR_EACH_CONSUMER * consumers, (int) (perSecond * SECONDS_KEPT));
    return Math.max(0, kept - nowReady);
  }

  private void look(int nowReady, long everPublished, long nanoTime) {
    ready = nowReady;
    published = everPublished;
    lookedAt = nanoTime;
  }
}
