package dev.sluice.worker.limit;

import java.util.HashSet;
import java.util.Set;

/**
 * Circuit breaker: distinguishes an outage of the provider from a request that always fails.
 *
 * <p>It opens after the configured number of consecutive failures, if they come from at least two
 * tasks. {@link RouteHold} keeps the open and half-open state. Not thread-safe; guarded by the
 * limiter's lock.
 */
final class Breaker {
  private final int failuresToOpen;
  private final Set<String> failedTasks = new HashSet<>();
  private int consecutiveFailures;

  Breaker(int failuresToOpen) {
    this.failuresToOpen = failuresToOpen;
  }

  /** Resets the breaker: the provider is reachable. */
  void onSuccess() {
    consecutiveFailures = 0;
    failedTasks.clear();
  }

  /** Counts a failure, and returns whether the breaker opens. */
  boolean onFailure(String task) {
    consecutiveFailures++;
    if (failedTasks.size() < failuresToOpen) {
      failedTasks.add(task);
    }
    return consecutiveFailures >= failuresToOpen && suspectsOutage();
  }

  /** Whether at least two tasks have failed since the last success. */
  boolean suspectsOutage() {
    return failedTasks.size() > 1;
  }
}
