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
 *   <li>its tasks use at most an equal part of each worker's consumers. The worker delays further
 *       ones, without an attempt.
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

  /** A project with more than this multiple of the target depth crowds the route. */
  private static final int DEPTHS = 2;

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
   * @param before the projects that crowded the route before; they do so until they have no more
   *     than this work
   */
  static CrowdingProjects of(List<ProjectBacklog> projects, int depth, Set<String> before) {
    if (projects.size() < 2 || depth <= 0) {
      return NONE;
    }
    Map<String, Duration> delays = new HashMap<>();
    int othersInBroker = 0;
    boolean othersReady = false;
    for (ProjectBacklog project : projects) {
      int limit = before.contains(project.project()) ? depth : DEPTHS * depth;
      if (project.inBroker() > limit) {
        delays.put(project.project(), delay(project.inBroker(), projects.size(), depth));
      } else {
        othersInBroker += project.inBroker();
        othersReady |= project.ready();
      }
    }
    return delays.isEmpty()
        ? NONE
        : new CrowdingProjects(delays, 1.0 / projects.size(), othersInBroker, othersReady);
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
