package dev.sluice.producer.dispatch;

import dev.sluice.producer.store.RouteBacklogs.ProjectBacklog;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The projects that crowd a route: several projects have tasks, and these have more tasks in the
 * broker than the route's queue should contain at all.
 *
 * <p>The dispatcher's fair order applies to first attempts only. Tasks that return from a delay do
 * not pass it again: a project whose tasks fail and are retried would fill the queue, and other
 * projects would wait behind them. So while a project crowds the route,
 *
 * <ul>
 *   <li>the dispatcher does not count its tasks, and publishes none of them while another project
 *       has queued tasks;
 *   <li>its tasks do not use the consumers that the tasks of the others need, up to an equal part
 *       for each project, and a tenth of the consumers stays free to find these tasks in the queue.
 *       A worker delays further ones, without an attempt.
 * </ul>
 *
 * @param delays how long its further tasks are delayed, by project
 * @param maxFraction of a worker's consumers, for the tasks of one project
 * @param othersInBroker tasks of the other projects in the broker
 * @param othersReady whether another project has queued tasks
 */
record CrowdingProjects(
    Map<String, Duration> delays, double maxFraction, int othersInBroker, boolean othersReady) {
  static final CrowdingProjects NONE = new CrowdingProjects(Map.of(), 1, 0, false);

  /**
   * A project with more than this multiple of the depth crowds the route. Without retries it has at
   * most 1.5 times of it: the ready tasks, and one for each consumer.
   */
  private static final int MIN_DEPTHS = 3;

  /** It does so until it has no more than this multiple. */
  private static final int END_DEPTHS = 2;

  private static final double MAX_FRACTION = 0.9;

  /** A task returns about four times while all tasks of its project are processed once. */
  private static final int RETURNS = 4;

  private static final Duration MIN_DELAY = Duration.ofSeconds(1);
  private static final Duration MAX_DELAY = Duration.ofSeconds(10);

  CrowdingProjects {
    delays = Map.copyOf(delays);
  }

  /**
   * Finds them.
   *
   * @param projects the backlogs of the {@link RecentProjects}
   * @param depth the work of {@link QueueDepthTarget#SECONDS}
   * @param consumers of the queue
   * @param before the projects that crowded the route before
   */
  static CrowdingProjects of(
      List<ProjectBacklog> projects, int depth, int consumers, Set<String> before) {
    if (projects.size() < 2 || depth <= 0) {
      return NONE;
    }
    Map<String, Duration> delays = new HashMap<>();
    int othersInBroker = 0;
    boolean othersReady = false;
    for (ProjectBacklog project : projects) {
      int depths = before.contains(project.project()) ? END_DEPTHS : MIN_DEPTHS;
      if (project.inBroker() > depths * depth) {
        delays.put(project.project(), delay(project.inBroker(), projects.size(), depth));
      } else {
        othersInBroker += project.inBroker();
        othersReady |= project.ready();
      }
    }
    return delays.isEmpty()
        ? NONE
        : new CrowdingProjects(
            delays,
            maxFraction(projects.size(), othersInBroker, consumers),
            othersInBroker,
            othersReady);
  }

  private static double maxFraction(int projects, int othersInBroker, int consumers) {
    double notNeeded = consumers == 0 ? 0 : 1 - (double) othersInBroker / consumers;
    return Math.min(MAX_FRACTION, Math.max(1.0 / projects, notNeeded));
  }

  private static Duration delay(int inBroker, int projects, int depth) {
    double seconds = QueueDepthTarget.SECONDS * inBroker / depth * projects / RETURNS;
    return Duration.ofMillis(
        Math.clamp((long) (seconds * 1000), MIN_DELAY.toMillis(), MAX_DELAY.toMillis()));
  }

  boolean isEmpty() {
    return delays.isEmpty();
  }
}
