package dev.sluice.worker.limit;

import dev.sluice.common.fleet.HeldSource;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides the cause of a failed call, and what it holds: the circuit breaker. It distinguishes an
 * outage of the provider or a rejected key from requests that always fail.
 *
 * <p>Evidence are the failed calls since the last success. A source is a batch, caller or client
 * with one model ({@link CallOrigin}). A success of another source proves that the provider and the
 * key work: the failed source is then <em>isolated</em>, and its failures are its own. In the same
 * way a task is isolated if any other call succeeds after its failure.
 *
 * <pre>
 *   the same kind of failure                               blame
 *   of an isolated source or task                          REQUEST; a long Retry-After: SOURCE
 *   of several callers, and enough of them (see below)     ROUTE
 *   of one caller, and enough of them                      SOURCE
 *   5xx of at least two tasks, not yet enough              OUTAGE
 *   any other                                              REQUEST
 *
 *   kind                          enough for a route            enough for a source
 *   BREAKER                       breaker.failures, 2 tasks     the same
 *   API_KEY, MODEL_NOT_FOUND      2 tasks                       3 tasks
 *   QUOTA                         2 tasks                       2 tasks
 *   RATE_LIMIT (long wait only)   2 tasks                       1 task
 * </pre>
 *
 * <p>Callers that send the same request count as one: it may be the cause.
 *
 * <p>Not thread-safe; guarded by the limiter's lock. Times are nanoseconds of any monotonic clock.
 */
final class HoldPolicy {
  /** The provider's health may have changed since an older success of another source. */
  private static final long SOURCE_ISOLATION = Duration.ofSeconds(30).toNanos();

  private static final long TASK_ISOLATION = Duration.ofMinutes(10).toNanos();

  /** Evidence expires if it is not renewed. */
  private static final long MEMORY = Duration.ofMinutes(10).toNanos();

  private static final int MAX_ENTRIES = 1_000;

  /** The cause of a failed call. */
  enum Blame {
    /** The request: the attempt counts. */
    REQUEST,
    /** Probably the provider: the attempt does not count. */
    OUTAGE,
    /** All calls of its source fail: hold the source. */
    SOURCE,
    /** Calls of different callers fail: hold the route. */
    ROUTE
  }

  /** The failures of one source since the last success. */
  private static final class Failures {
    private final String caller;
    private final long firstAt;
    private final Set<String> tasks = new HashSet<>();
    private final Set<Integer> requests = new HashSet<>();
    private HoldKind kind;
    private long latestAt;
    private int count;
    private boolean othersSucceeded;
    private long othersSucceededAt;

    Failures(String caller, HoldKind kind, long now) {
      this.caller = caller;
      this.kind = kind;
      this.firstAt = now;
      this.latestAt = now;
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

    boolean isIsolated(long now) {
      return othersSucceeded && now - othersSucceededAt <= SOURCE_ISOLATION;
    }
  }

  private final int failuresToOpen;
  private final Map<String, Failures> bySource = bounded();

  /** The first failure of each task that has not succeeded since. */
  private final Map<String, Long> firstFailures = bounded();

  private boolean hasSucceeded;
  private long successStartedAt;
  private long successEndedAt;

  /**
   * @param failuresToOpen failed calls in a row that open the circuit breaker
   */
  HoldPolicy(int failuresToOpen) {
    this.failuresToOpen = failuresToOpen;
  }

  /**
   * The provider answered a call.
   *
   * @param startedAt when the call was sent; only calls sent after a failure prove that others work
   */
  void onSuccess(CallOrigin call, long startedAt, long now) {
    if (bySource.isEmpty() && firstFailures.isEmpty()) {
      return;
    }
    expire(now);
    hasSucceeded = true;
    successStartedAt = startedAt;
    successEndedAt = now;
    firstFailures.remove(call.task());
    bySource.remove(call.source());
    bySource.values().forEach(failures -> onOthersSuccess(failures, startedAt, now));
  }

  private static void onOthersSuccess(Failures failures, long startedAt, long now) {
    failures.reset();
    if (startedAt - failures.firstAt >= 0) {
      failures.othersSucceeded = true;
      failures.othersSucceededAt = now;
    }
  }

  /** A peer's calls of other sources succeed: these sources are isolated. */
  void onPeerSuccess(Set<String> sources, long now) {
    bySource.forEach(
        (source, failures) -> {
          if (sources.contains(source)) {
            onOthersSuccess(failures, now, now);
          }
        });
  }

  /** A peer holds these sources: their failures are evidence here too. */
  void onPeerHold(Set<String> sources, HoldKind kind, long now) {
    for (String source : sources) {
      Failures failures = failures(source, HeldSource.callerOf(source), kind, now);
      for (int i = 0; i < Math.max(3, failuresToOpen); i++) {
        failures.add("peer " + source + i, source.hashCode() + i, kind, now);
      }
    }
  }

  /** The provider is reachable, although it did not complete the call: no outage. */
  void onReachable() {
    bySource.values().stream()
        .filter(failures -> failures.kind == HoldKind.BREAKER)
        .forEach(Failures::reset);
  }

  /** Counts a failed call, and returns the cause. */
  Blame onFailure(CallOrigin call, HoldKind kind, long now) {
    expire(now);
    boolean isIsolatedTask = isIsolatedTask(call, now);
    firstFailures.putIfAbsent(call.task(), now);
    Failures own = failures(call.source(), call.caller(), kind, now);
    boolean isIsolated = own.isIsolated(now);
    if (isIsolated || !isIsolatedTask) {
      own.add(call.task(), call.digest(), kind, now);
    }
    if (isIsolated) {
      own.reset();
    }
    if (isIsolated || isIsolatedTask) {
      return kind == HoldKind.RATE_LIMIT ? Blame.SOURCE : Blame.REQUEST;
    }
    List<Failures> same = sameKind(kind, now).toList();
    boolean several = Math.min(distinct(same, one -> Set.of(one.caller)), requests(same)) > 1;
    if (isEnough(kind, same, several)) {
      return several ? Blame.ROUTE : Blame.SOURCE;
    }
    return kind == HoldKind.BREAKER && tasks(same) > 1 ? Blame.OUTAGE : Blame.REQUEST;
  }

  /** The sources whose failures of this kind are evidence against the route. */
  Set<String> suspects(HoldKind kind, long now) {
    Set<String> suspects = new TreeSet<>();
    bySource.forEach(
        (source, failures) -> {
          if (failures.kind == kind && failures.count > 0 && !failures.isIsolated(now)) {
            suspects.add(source);
          }
        });
    return suspects;
  }

  /** Forgets all failures: an operator or a new key has changed the cause. */
  void clear() {
    bySource.clear();
    firstFailures.clear();
    hasSucceeded = false;
  }

  private Failures failures(String source, String caller, HoldKind kind, long now) {
    return bySource.computeIfAbsent(source, unused -> new Failures(caller, kind, now));
  }

  private Stream<Failures> sameKind(HoldKind kind, long now) {
    return bySource.values().stream()
        .filter(failures -> failures.kind == kind && failures.count > 0)
        .filter(failures -> !failures.isIsolated(now));
  }

  private boolean isIsolatedTask(CallOrigin call, long now) {
    Long firstFailure = firstFailures.get(call.task());
    return firstFailure != null
        && hasSucceeded
        && successStartedAt - firstFailure >= 0
        && now - successEndedAt <= TASK_ISOLATION;
  }

  private boolean isEnough(HoldKind kind, List<Failures> same, boolean several) {
    int tasks = tasks(same);
    return switch (kind) {
      case BREAKER -> tasks > 1 && same.stream().mapToInt(one -> one.count).sum() >= failuresToOpen;
      case API_KEY, MODEL_NOT_FOUND -> tasks >= (several ? 2 : 3);
      case QUOTA -> tasks >= 2;
      case RATE_LIMIT -> true;
      case MANUAL -> false;
    };
  }

  private static int tasks(List<Failures> same) {
    return distinct(same, one -> one.tasks);
  }

  private static int requests(List<Failures> same) {
    return distinct(same, one -> one.requests);
  }

  private static <T> int distinct(List<Failures> same, Function<Failures, Set<T>> values) {
    return same.stream()
        .flatMap(failures -> values.apply(failures).stream())
        .collect(Collectors.toSet())
        .size();
  }

  private void expire(long now) {
    bySource.values().removeIf(failures -> now - failures.latestAt > MEMORY);
    firstFailures.values().removeIf(firstFailure -> now - firstFailure > MEMORY);
  }

  private static <V> Map<String, V> bounded() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MAX_ENTRIES;
      }
    };
  }
}
