package dev.sluice.producer.dispatch.search;

import dev.sluice.producer.route.report.TaskSearchResults;
import dev.sluice.producer.store.Publications;
import dev.sluice.producer.store.SubmittedTasks.Submission;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Searches a route that is not idle for tasks that are recorded as submitted, but are in no queue
 * and at no worker.
 *
 * <pre>
 *   step            a task that is not lost                        then it is no longer searched
 *   1 FIRST_ROUND   is at a worker                                 the worker answers with its id
 *   2 DELAYED       is in a delay queue, in one of two reads       the read finds it
 *   3 QUEUED        is in the queue; the step waits until all      a worker receives it
 *                   tasks have left that were in it
 *   4 SETTLING      is on its way to a worker, or in a withdrawal  a worker receives it, or the
 *                   of tasks, for 10 s                             search returns to step 3
 *   5 SECOND_ROUND  was received since the first round             the worker answers with its id
 * </pre>
 *
 * <p>So a lost task was at no worker since step 1. It is in no delay queue at step 2, and cannot
 * enter one without a worker. It is not in the queue at step 3, and cannot return to it.
 *
 * <p>Step 3 compares counters, because a read of a quorum queue counts towards the delivery limit.
 * The queue is FIFO: while it contains a task of the start, it also contains all tasks that were
 * published later. The tasks that were being published at the start may be before or behind it, so
 * they do not count.
 *
 * <p>A search starts again if a worker starts or stops, or if a withdrawal changes the order of the
 * queue.
 */
public final class BusyRouteSearch {
  /** A worker keeps the ids of a search, and answers with those that it has found. */
  static final int MAX_TASKS = 200;

  static final Duration MAX_SETTLING_TIME = Duration.ofSeconds(10);
  private static final Duration MAX_READ_INTERVAL = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private final long lostAfter;
  private final long settlingTime;
  private final long readInterval;
  private final Map<Submission, Long> submittedSince = new HashMap<>();
  private @Nullable Search current;
  private @Nullable Long lastListAt;

  /**
   * @param lostAfter how long a task must be submitted before it is searched; a shorter time also
   *     shortens the waits between the steps
   */
  public BusyRouteSearch(Duration lostAfter) {
    this.lostAfter = lostAfter.toNanos();
    this.settlingTime = Math.min(MAX_SETTLING_TIME.toNanos(), this.lostAfter);
    this.readInterval = Math.min(MAX_READ_INTERVAL.toNanos(), this.lostAfter);
  }

  private enum Step {
    FIRST_ROUND,
    DELAYED,
    DELAYED_AGAIN,
    QUEUED,
    SETTLING,
    SECOND_ROUND
  }

  /** The state of a search: its step, and when the step started. */
  private static final class Search {
    final UUID id = UUID.randomUUID();
    final Set<String> workers;
    final Map<UUID, Submission> missing;
    Step step = Step.FIRST_ROUND;
    long stepSince;
    Publications.@Nullable DispatchPosition start;

    Search(Set<String> workers, Collection<Submission> tasks, long nanoTime) {
      this.workers = workers;
      this.missing =
          tasks.stream()
              .collect(Collectors.toMap(Submission::task, task -> task, (a, b) -> a, HashMap::new));
      this.stepSince = nanoTime;
    }

    void next(Step next, long nanoTime) {
      step = next;
      stepSince = nanoTime;
    }

    boolean isOlderThan(long nanos, long nanoTime) {
      return nanoTime - stepSince >= nanos;
    }
  }

  /**
   * Whether the next step is due.
   *
   * @param idle whether the route is idle: no search starts, because the tasks of an idle route are
   *     found without one
   */
  public boolean isDue(boolean idle, long nanoTime) {
    return current != null || (!idle && (lastListAt == null || nanoTime - lastListAt >= lostAfter));
  }

  /** Ends the search without a result. */
  private void stop(RouteView route) {
    if (current != null) {
      route.end(current.id);
      current = null;
    }
  }

  /**
   * Continues the search.
   *
   * @return the lost tasks; empty until the search ends
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  public Set<UUID> step(RouteView route, long nanoTime) {
    Search search = current;
    if (search == null) {
      start(route, nanoTime);
      return Set.of();
    }
    if (!route.workers().equals(Optional.of(search.workers)) || search.missing.isEmpty()) {
      stop(route);
      return Set.of();
    }
    return switch (search.step) {
      case FIRST_ROUND -> {
        if (isAnswered(search, 1, route, nanoTime) && !search.missing.isEmpty()) {
          search.next(Step.DELAYED, nanoTime);
          readDelayed(search, route, nanoTime);
        }
        yield Set.of();
      }
      case DELAYED, DELAYED_AGAIN -> {
        readDelayed(search, route, nanoTime);
        yield Set.of();
      }
      case QUEUED -> {
        awaitQueue(search, route, nanoTime);
        yield Set.of();
      }
      case SETTLING -> {
        if (search.isOlderThan(settlingTime, nanoTime)) {
          awaitQueue(search, route, nanoTime);
        }
        yield Set.of();
      }
      case SECOND_ROUND ->
          isAnswered(search, 2, route, nanoTime) ? finish(search, route) : Set.of();
    };
  }

  private void start(RouteView route, long nanoTime) {
    lastListAt = nanoTime;
    Set<Submission> submitted = route.submitted();
    submittedSince.keySet().retainAll(submitted);
    submitted.forEach(task -> submittedSince.putIfAbsent(task, nanoTime));
    List<Submission> due =
        submittedSince.entrySet().stream()
            .filter(task -> !task.getKey().cancelled() && nanoTime - task.getValue() >= lostAfter)
            .sorted(Comparator.comparingLong(task -> task.getValue() - nanoTime))
            .map(Map.Entry::getKey)
            .limit(MAX_TASKS)
            .toList();
    Set<String> workers = due.isEmpty() ? Set.of() : route.workers().orElse(Set.of());
    if (!workers.isEmpty()) {
      due.forEach(task -> submittedSince.put(task, nanoTime)); // the other tasks are searched next
      Search search = new Search(workers, due, nanoTime);
      current = search;
      route.query(search.id, 1, List.copyOf(search.missing.keySet()));
    }
  }

  /** Removes what the workers have found; ends the search if one does not answer. */
  private boolean isAnswered(Search search, int round, RouteView route, long nanoTime) {
    Map<String, TaskSearchResults.Answer> answers = route.answers(search.id);
    boolean complete =
        search.workers.stream()
            .allMatch(
                worker -> {
                  TaskSearchResults.Answer answer = answers.get(worker);
                  return answer != null && answer.round() >= round;
                });
    answers.values().forEach(answer -> search.missing.keySet().removeAll(answer.found()));
    if (!complete && search.isOlderThan(ANSWER_TIMEOUT.toNanos(), nanoTime)) {
      stop(route); // a worker of an earlier version does not answer
    }
    return complete;
  }

  /** A task may move from one delay queue to the next during one read, so there are two. */
  private void readDelayed(Search search, RouteView route, long nanoTime) {
    boolean second = search.step == Step.DELAYED_AGAIN;
    if (second && !search.isOlderThan(readInterval, nanoTime)) {
      return;
    }
    Set<UUID> delayed = route.delayedTasks().orElse(null);
    if (delayed == null) {
      return;
    }
    search.missing.keySet().removeAll(delayed);
    if (second) {
      search.start = route.position();
      search.next(Step.QUEUED, nanoTime);
      awaitQueue(search, route, nanoTime);
    } else {
      search.next(Step.DELAYED_AGAIN, nanoTime);
    }
  }

  /** Checked before and after the tasks have settled. */
  private void awaitQueue(Search search, RouteView route, long nanoTime) {
    Publications.DispatchPosition start = search.start;
    Publications.DispatchCounters now = route.position().counters(); // before the queue is counted
    if (start == null || now.scans() != start.counters().scans()) {
      stop(route);
      return;
    }
    long behind = now.confirmed() - start.counters().confirmed() - start.publishing();
    if (route.ready() > Math.max(0, behind)) {
      search.next(Step.QUEUED, nanoTime);
    } else if (search.step == Step.QUEUED) {
      search.next(Step.SETTLING, nanoTime);
    } else {
      route.query(search.id, 2, List.of());
      search.next(Step.SECOND_ROUND, nanoTime);
    }
  }

  /** The tasks that are still the same submissions. */
  private Set<UUID> finish(Search search, RouteView route) {
    stop(route);
    Set<Submission> submitted = route.submitted();
    Set<UUID> lost = new HashSet<>();
    search.missing.forEach(
        (task, submission) -> {
          if (submitted.contains(submission)) {
            lost.add(task);
          }
        });
    if (!lost.isEmpty()) {
      lastListAt = null; // more may be lost
    }
    return lost;
  }
}
