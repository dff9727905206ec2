package dev.sluice.producer.dispatch;

import dev.sluice.producer.store.RouteBacklogs.ProjectBacklog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The projects that had unfinished tasks on a route in the last ten seconds: a project that submits
 * small batches one after the other has none in between.
 */
final class RecentProjects {
  private static final long RECENT_NANOS = Duration.ofSeconds(10).toNanos();

  /** The time at which each project had unfinished tasks. */
  private final Map<String, Long> lastActive = new HashMap<>();

  /**
   * The backlogs of the recent projects, empty ones too.
   *
   * @param now the current backlogs
   * @param nanoTime of a monotonic clock
   */
  List<ProjectBacklog> update(List<ProjectBacklog> now, long nanoTime) {
    List<ProjectBacklog> recent = new ArrayList<>();
    for (ProjectBacklog project : now) {
      if (project.inBroker() > 0 || project.ready()) {
        recent.add(project);
      }
    }
    recent.forEach(project -> lastActive.put(project.project(), nanoTime));
    lastActive.values().removeIf(last -> nanoTime - last > RECENT_NANOS);
    lastActive.forEach(
        (project, last) -> {
          if (last != nanoTime) {
            recent.add(new ProjectBacklog(project, 0, false));
          }
        });
    return recent;
  }
}
