package dev.sluice.worker.limit;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The failures of one source since the last success: evidence for {@link HoldPolicy}.
 *
 * <p>Not thread-safe; guarded by the limiter's lock. Times are nanoseconds of any monotonic clock.
 */
final class SourceFailures {
  /** The provider's health may have changed since an older success of another source. */
  private static final long ISOLATION = Duration.ofSeconds(30).toNanos();

  private static final int MAX_ENTRIES = 1_000;

  private final String caller;
  private final String project;
  private final long firstAt;
  private final Set<String> tasks = new HashSet<>();
  private final Set<Integer> requests = new HashSet<>();
  private HoldKind kind;
  private long latestAt;
  private int count;
  private boolean othersSucceeded;
  private long othersSucceededAt;

  SourceFailures(String caller, String project, HoldKind kind, long now) {
    this.caller = caller;
    this.project = project;
    this.kind = kind;
    this.firstAt = now;
    this.latestAt = now;
  }

  String caller() {
    return caller;
  }

  String project() {
    return project;
  }

  HoldKind kind() {
    return kind;
  }

  int count() {
    return count;
  }

  /** The tasks that failed. */
  Set<String> tasks() {
    return tasks;
  }

  /** The hashes of the requests that failed. */
  Set<Integer> requests() {
    return requests;
  }

  long latestAt() {
    return latestAt;
  }

  void add(String task, int request, HoldKind failureKind, long now) {
    if (failureKind != kind) {
      reset();
      kind = failureKind;
    }
    latestAt = now;
    count++;
    if (tasks.size() < MAX_ENTRIES) {
      tasks.add(task);
      requests.add(request);
    }
  }

  void reset() {
    count = 0;
    tasks.clear();
    requests.clear();
  }

  /**
   * A call of another source succeeded.
   *
   * @param startedAt when the call was sent; only calls sent after a failure prove that others work
   */
  void onOthersSuccess(long startedAt, long now) {
    reset();
    if (startedAt - firstAt >= 0) {
      othersSucceeded = true;
      othersSucceededAt = now;
    }
  }

  /** Whether other sources succeed: then this source is the cause of its failures. */
  boolean isIsolated(long now) {
    return othersSucceeded && now - othersSucceededAt <= ISOLATION;
  }

  /** Whether the route may be the cause of its failures. */
  boolean isEvidence(HoldKind wanted, long now) {
    return kind == wanted && count > 0 && !isIsolated(now);
  }
}
