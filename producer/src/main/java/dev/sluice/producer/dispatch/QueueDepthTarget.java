package dev.sluice.producer.dispatch;

import java.time.Duration;

/**
 * The target number of ready tasks in a route's queue: what its workers consume in two seconds.
 *
 * <p>The queue is FIFO: a new batch waits behind its tasks, and a cancelled batch is removed from
 * it. A short queue keeps both fast, but an empty one leaves workers idle. The rate is the number
 * of tasks consumed since the last sample, per second. An increase applies immediately, a decrease
 * decays exponentially, because a queue that ran empty also lowers the measured rate.
 */
final class QueueDepthTarget {
  static final double SECONDS = 2;
  private static final double DECAY_SECONDS = 2;
  private static final long MIN_SAMPLE_NANOS = Duration.ofMillis(150).toNanos();
  private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

  /** One task that the consumer takes next, and the one after it. */
  private static final int MIN_PER_CONSUMER = 2;

  /** Without a consumer the rate is unknown; the first workers need some tasks to start with. */
  private static final int WITHOUT_CONSUMERS = 100;

  private boolean sampled;
  private long sampledAt;
  private long sampledPublished;
  private int sampledReady;
  private double perSecond;

  /**
   * The target number of ready tasks.
   *
   * @param ready tasks in the queue that no consumer has
   * @param consumers of the queue
   * @param everPublished tasks that were ever published to it
   * @param nanoTime of a monotonic clock
   */
  int next(int ready, int consumers, long everPublished, long nanoTime) {
    if (!sampled) {
      sample(ready, everPublished, nanoTime);
      sampled = true;
    } else if (nanoTime - sampledAt >= MIN_SAMPLE_NANOS) {
      double seconds = (nanoTime - sampledAt) / NANOS_PER_SECOND;
      long consumed = Math.max(0, sampledReady + (everPublished - sampledPublished) - ready);
      double rate = (double) consumed / seconds;
      double decayed = perSecond * Math.exp(-seconds / DECAY_SECONDS);
      perSecond = Math.max(rate, decayed);
      sample(ready, everPublished, nanoTime);
    }
    return of(consumers, perSecond);
  }

  /** The target for a rate of tasks per second. */
  static int of(int consumers, double perSecond) {
    return consumers == 0
        ? WITHOUT_CONSUMERS
        : Math.max(MIN_PER_CONSUMER * consumers, (int) (perSecond * SECONDS));
  }

  private void sample(int ready, long everPublished, long nanoTime) {
    sampledReady = ready;
    sampledPublished = everPublished;
    sampledAt = nanoTime;
  }
}
