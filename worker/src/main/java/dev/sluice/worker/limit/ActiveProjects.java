package dev.sluice.worker.limit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The projects that sent calls to a route in the last 30 seconds. While several are active, the
 * failures of one of them are no evidence against the route.
 *
 * <p>Not thread-safe; guarded by the limiter's lock. Times are nanoseconds of any monotonic clock.
 */
final class ActiveProjects {
  private static final long ACTIVE = Duration.ofSeconds(30).toNanos();

  private static final int MAX_PROJECTS = 1_000;

  /** The time of the last call of each project, the latest last. */
  private final Map<String, Long> lastCalls =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_PROJECTS;
        }
      };

  void onCall(String project, long now) {
    lastCalls.put(project, now);
  }

  /** Whether any other project is active. */
  boolean hasOthers(String project, long now) {
    lastCalls.values().removeIf(lastCall -> now - lastCall > ACTIVE);
    return lastCalls.size() > (lastCalls.containsKey(project) ? 1 : 0);
  }
}
