package dev.sluice.common.fleet;

import java.util.List;
import java.util.Objects;

/**
 * Tells the workers which batches of a route must not be called, and which projects may have few
 * calls at a time. A producer publishes the full lists about once per second, as long as the broker
 * has tasks of these batches or projects.
 *
 * @param route name of the route
 * @param validForMillis validity in milliseconds; afterwards workers call all tasks again
 * @param cancelled ids of batches whose tasks finish without a call
 * @param paused ids of batches whose tasks are delayed
 * @param projectLimits the projects whose tasks are limited
 */
public record SuspensionMessage(
    String route,
    long validForMillis,
    List<String> cancelled,
    List<String> paused,
    List<ProjectLimit> projectLimits) {

  public SuspensionMessage {
    Objects.requireNonNull(route, "route");
    cancelled = cancelled == null ? List.of() : List.copyOf(cancelled);
    paused = paused == null ? List.of() : List.copyOf(paused);
    projectLimits = projectLimits == null ? List.of() : List.copyOf(projectLimits);
  }

  /**
   * The limit for the tasks of one project at each worker.
   *
   * @param project name of the project
   * @param maxFraction the fraction of the route's concurrency that they may use; 0 for one task
   * @param delayMillis the delay of the further ones, in milliseconds
   */
  public record ProjectLimit(String project, double maxFraction, long delayMillis) {
    public ProjectLimit {
      Objects.requireNonNull(project, "project");
    }
  }
}
