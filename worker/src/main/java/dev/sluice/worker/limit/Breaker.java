package dev.sluice.worker.limit;

import java.util.HashSet;
import java.util.Set;

/**
 * Tells an outage of the provider from a request that fails by itself: in an outage several
 * requests fail one after another and none succeeds. Not thread-safe: its owner holds a lock.
 */
final class Breaker {
  private final int failuresToOpen;
  private final Set<String> tasks = new HashSet<>();
  private int failures;

  /**
   * @param failuresToOpen how many calls in a row have to fail
   */
  Breaker(int failuresToOpen) {
    this.failuresToOpen = failuresToOpen;
  }

  void succeeded() {
    failures = 0;
    tasks.clear();
  }

  /** Returns whether the breaker opens by it. */
  boolean failed(String task) {
    failures++;
    if (tasks.size() < failuresToOpen) {
      tasks.add(task);
    }
    return failures >= failuresToOpen && suspectsOutage();
  }

  /** Whether different requests failed and none succeeded since. */
  boolean suspectsOutage() {
    return tasks.size() > 1;
  }
}
