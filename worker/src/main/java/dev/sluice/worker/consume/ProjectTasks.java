package dev.sluice.worker.consume;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskMessage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the batch tasks of each project that this worker processes. A producer may limit them, so
 * that one project does not use all consumers of a route.
 */
final class ProjectTasks {
  private final int concurrency;
  private final Map<String, Integer> running = new HashMap<>();

  /**
   * @param concurrency the number of the route's batch consumers in this worker
   */
  ProjectTasks(int concurrency) {
    this.concurrency = concurrency;
  }

  /** Counts the task until the result is closed, if it is a batch task of a project. */
  Entry enter(TaskMessage task) {
    String project = task.ids().lane() == Lane.BATCH ? task.project() : null;
    return project == null ? new Entry(null, 0) : new Entry(project, add(project, 1));
  }

  private synchronized int add(String project, int change) {
    int count = running.getOrDefault(project, 0) + change;
    if (count == 0) {
      running.remove(project);
    } else {
      running.put(project, count);
    }
    return count;
  }

  /** A task that is processed. */
  final class Entry implements AutoCloseable {
    private final @Nullable String project;
    private final int count;

    private Entry(@Nullable String project, int count) {
      this.project = project;
      this.count = count;
    }

    /** The project whose tasks are counted; null for none. */
    @Nullable String project() {
      return project;
    }

    /** Whether the project had its part of the consumers before this task: at least one. */
    boolean exceeds(double maxFraction) {
      return count > Math.max(1, maxFraction * concurrency);
    }

    @Override
    public void close() {
      if (project != null) {
        add(project, -1);
      }
    }
  }
}
