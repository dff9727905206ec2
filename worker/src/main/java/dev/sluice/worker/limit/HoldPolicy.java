package dev.sluice.worker.limit;

import dev.sluice.common.fleet.HeldSource;
import java.time.Duration;
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
 * <p>The evidence is the failed calls since the last success. A source is a batch, caller or client
 * with one model ({@link CallOrigin}). A success of another source proves that the provider and the
 * key work: the failed source is then <em>isolated</em>, and it is the cause of its failures. In
 * the same way a task is isolated if any other call succeeds after its failure.
 *
 * <pre>
 *   the same kind of failure                               cause
 *   of an isolated source or task                          REQUEST; a long Retry-After: SOURCE
 *   of several callers, and enough of them (see below)     ROUTE
 *   of one caller, or of one of several active projects,
 *   and enough of them                                     SOURCE
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
  private static final long TASK_ISOLATION = Duration.ofMinutes(10).toNanos();

  /** Evidence expires if it is not renewed. */
  private static final long MEMORY = Duration.ofMinutes(10).toNanos();

  private static final int MAX_ENTRIES = 1_000;

  /** The cause of a failed call. */
  enum FailureCause {
    /** The request: the attempt counts. */
    REQUEST,
    /** Probably the provider: the attempt does not count. */
    OUTAGE,
    /** All calls of its source fail: hold the source. */
    SOURCE,
    /** Calls of different callers fail: hold the route. */
    ROUTE
  }

  private final int failuresToOpen;
  private final ActiveProjects active = new ActiveProjects();
  private final Map<String, SourceFailures> bySource = bounded();

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

  /** A call is the next to be sent: its project is active. */
  void onCall(CallOrigin call, long now) {
    active.onCall(call.project(), now);
  }

  /** Whether this project alone failed, and other projects send calls too. */
  boolean isOneOfSeveral(Set<String> projects, long now) {
    return projects.size() == 1 && active.hasOthers(projects.iterator().next(), now);
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
    bySource.values().forEach(failures -> failures.onOthersSuccess(startedAt, now));
  }

  /** A peer's calls of other sources succeed: these sources are isolated. */
  void onPeerSuccess(Set<String> sources, long now) {
    bySource.forEach(
        (source, failures) -> {
          if (sources.contains(source)) {
            failures.onOthersSuccess(now, now);
          }
        });
  }

  /**
   * A peer holds these sources: their failures are evidence here too.
   *
   * @param projects the projects of these sources; empty if unknown
   */
  void onPeerHold(Set<String> sources, Set<String> projects, HoldKind kind, long now) {
    for (String source : sources) {
      String caller = HeldSource.callerOf(source);
      String project = projects.size() == 1 ? projects.iterator().next() : caller;
      SourceFailures failures = failures(source, caller, project, kind, now);
      for (int i = 0; i < Math.max(3, failuresToOpen); i++) {
        failures.add("peer " + source + i, source.hashCode() + i, kind, now);
      }
    }
  }

  /** The provider is reachable, although it did not complete the call: no outage. */
  void onReachable() {
    bySource.values().stream()
        .filter(failures -> failures.kind() == HoldKind.BREAKER)
        .forEach(SourceFailures::reset);
  }

  /** Counts a failed call, and returns the cause. */
  FailureCause onFailure(CallOrigin call, HoldKind kind, long now) {
    expire(now);
    boolean isIsolatedTask = isIsolatedTask(call, now);
    firstFailures.putIfAbsent(call.task(), now);
    SourceFailures own = failures(call.source(), call.caller(), call.project(), kind, now);
    boolean isIsolated = own.isIsolated(now);
    if (isIsolated || !isIsolatedTask) {
      own.add(call.task(), call.digest(), kind, now);
    }
    if (isIsolated) {
      own.reset();
    }
    if (isIsolated || isIsolatedTask) {
      return kind == HoldKind.RATE_LIMIT ? FailureCause.SOURCE : FailureCause.REQUEST;
    }
    List<SourceFailures> same = sameKind(kind, now).toList();
    boolean several =
        Math.min(distinct(same, one -> Set.of(one.caller())), requests(same)) > 1
            && !isOneOfSeveral(projectsOf(same), now);
    if (isEnough(kind, same, several)) {
      return several ? FailureCause.ROUTE : FailureCause.SOURCE;
    }
    return kind == HoldKind.BREAKER && tasks(same) > 1 ? FailureCause.OUTAGE : FailureCause.REQUEST;
  }

  /** The sources whose failures of this kind are evidence against the route. */
  Set<String> suspects(HoldKind kind, long now) {
    Set<String> suspects = new TreeSet<>();
    bySource.forEach(
        (source, failures) -> {
          if (failures.isEvidence(kind, now)) {
            suspects.add(source);
          }
        });
    return suspects;
  }

  /** Returns the projects of sources that have failed. */
  Set<String> projectsOf(Set<String> sources) {
    return projectsOf(sources.stream().filter(bySource::containsKey).map(bySource::get).toList());
  }

  private static Set<String> projectsOf(List<SourceFailures> failed) {
    return failed.stream().map(SourceFailures::project).collect(Collectors.toSet());
  }

  /** Forgets all failures: an operator or a new key has changed the cause. */
  void clear() {
    bySource.clear();
    firstFailures.clear();
    hasSucceeded = false;
  }

  private SourceFailures failures(
      String source, String caller, String project, HoldKind kind, long now) {
    return bySource.computeIfAbsent(
        source, unused -> new SourceFailures(caller, project, kind, now));
  }

  private Stream<SourceFailures> sameKind(HoldKind kind, long now) {
    return bySource.values().stream().filter(failures -> failures.isEvidence(kind, now));
  }

  private boolean isIsolatedTask(CallOrigin call, long now) {
    Long firstFailure = firstFailures.get(call.task());
    return firstFailure != null
        && hasSucceeded
        && successStartedAt - firstFailure >= 0
        && now - successEndedAt <= TASK_ISOLATION;
  }

  private boolean isEnough(HoldKind kind, List<SourceFailures> same, boolean several) {
    int tasks = tasks(same);
    return switch (kind) {
      case BREAKER ->
          tasks > 1 && same.stream().mapToInt(SourceFailures::count).sum() >= failuresToOpen;
      case API_KEY, MODEL_NOT_FOUND -> tasks >= (several ? 2 : 3);
      case QUOTA -> tasks >= 2;
      case RATE_LIMIT -> true;
      case MANUAL -> false;
    };
  }

  private static int tasks(List<SourceFailures> same) {
    return distinct(same, SourceFailures::tasks);
  }

  private static int requests(List<SourceFailures> same) {
    return distinct(same, SourceFailures::requests);
  }

  private static <T> int distinct(
      List<SourceFailures> same, Function<SourceFailures, Set<T>> values) {
    return same.stream()
        .flatMap(failures -> values.apply(failures).stream())
        .collect(Collectors.toSet())
        .size();
  }

  private void expire(long now) {
    bySource.values().removeIf(failures -> now - failures.latestAt() > MEMORY);
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
