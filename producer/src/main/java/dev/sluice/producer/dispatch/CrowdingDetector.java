package dev.sluice.producer.dispatch;

import dev.sluice.producer.store.RouteBacklogs.RouteBacklog;
import java.time.Duration;

/** Finds the projects that crowd one route, from what its dispatcher reads in each round. */
final class CrowdingDetector {
  private static final long MIN_SAMPLE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final double DECAY_SECONDS = 5;
  private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

  private final RecentProjects recent = new RecentProjects();
  private CrowdingProjects latest = CrowdingProjects.NONE;
  private int depth;
  private int consumers;
  private boolean sampled;
  private long sampledAt;
  private long sampledPublished;
  private int sampledInBroker;
  private double finishedPerSecond;

  /**
   * Updates the amount of work in two seconds, from the tasks that finished since the last sample.
   * Deliveries do not count: a task that is delayed again and again is delivered many times. An
   * increase applies immediately, so that the start of a large batch is not taken for retries.
   *
   * @param inBroker tasks in the broker or at a worker
   * @param everPublished tasks that were ever published to the queue
   * @param nowConsumers of the queue
   * @param nanoTime of a monotonic clock
   */
  void sample(int inBroker, long everPublished, int nowConsumers, long nanoTime) {
    long elapsed = nanoTime - sampledAt;
    if (sampled && elapsed < MIN_SAMPLE_NANOS) {
      return;
    }
    if (sampled) {
      double seconds = elapsed / NANOS_PER_SECOND;
      long finished = Math.max(0, sampledInBroker + (everPublished - sampledPublished) - inBroker);
      double decayed = finishedPerSecond * Math.exp(-seconds / DECAY_SECONDS);
      finishedPerSecond = Math.max((double) finished / seconds, decayed);
    }
    sampled = true;
    sampledAt = nanoTime;
    sampledPublished = everPublished;
    sampledInBroker = inBroker;
    consumers = nowConsumers;
    depth = QueueDepthTarget.of(consumers, finishedPerSecond);
  }

  /** The work of {@link QueueDepthTarget#SECONDS}; 0 before the first sample. */
  int depth() {
    return depth;
  }

  /** The projects that crowd the route now. */
  CrowdingProjects detect(RouteBacklog tasks, long nanoTime) {
    latest =
        CrowdingProjects.of(
            recent.update(tasks.projects(), nanoTime), depth, consumers, latest.delays().keySet());
    return latest;
  }
}
