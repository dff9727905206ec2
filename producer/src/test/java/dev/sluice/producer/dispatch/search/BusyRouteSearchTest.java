package dev.sluice.producer.dispatch.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.route.report.TaskSearchResults;
import dev.sluice.producer.store.Publications;
import dev.sluice.producer.store.SubmittedTasks.Submission;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The detector polls every 5 s, as in production. */
class BusyRouteSearchTest {
  private static final Duration LOST_AFTER = Duration.ofMinutes(5);
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final UUID LOST = new UUID(1, 1);
  private static final UUID OTHER = new UUID(1, 2);

  private final BusyRouteSearch search = new BusyRouteSearch(LOST_AFTER);
  private final FakeRoute route = new FakeRoute();
  private long now = Long.MAX_VALUE - 1; // System.nanoTime() may overflow

  @Test
  void taskInNoQueueAndAtNoWorkerIsLost() {
    route.submit(LOST);

    assertThat(lostAfter(LOST_AFTER.minus(INTERVAL))).isEmpty();
    assertThat(route.questions).as("no worker is asked before a task is due").isEmpty();
    assertThat(lostAfter(Duration.ofMinutes(2))).containsExactly(LOST);
    assertThat(route.questions).containsExactly(List.of(LOST), List.of());
  }

  @Test
  void taskAtAWorkerIsNotLost() {
    route.submit(LOST, OTHER);
    route.held.add(OTHER);

    assertThat(lostAfter(LOST_AFTER.plusMinutes(2))).containsExactly(LOST);
    assertThat(lostAfter(LOST_AFTER.multipliedBy(4))).isEmpty();
  }

  @Test
  void taskThatAWorkerReceivesDuringTheSearchIsNotLost() {
    route.submit(LOST);
    untilQuestion();
    advance();
    advance();
    route.held.add(LOST);

    assertThat(lostAfter(LOST_AFTER.minus(INTERVAL))).isEmpty();
  }

  @Test
  void delayedTaskIsNotLost() {
    route.submit(LOST);
    route.delayed.add(LOST);
    assertThat(lostAfter(LOST_AFTER.multipliedBy(3))).isEmpty();
  }

  @Test
  void taskThatMovesToTheNextDelayQueueDuringOneReadIsNotLost() {
    route.submit(LOST);
    untilQuestion();
    advance();
    assertThat(route.reads).isEqualTo(1);
    route.delayed.add(LOST);

    assertThat(lostAfter(LOST_AFTER.minus(INTERVAL))).isEmpty();
  }

  @Test
  void nothingIsLostWhileTheDelayedTasksAreUnknown() {
    route.submit(LOST);
    route.delayedUnknown = true;
    assertThat(lostAfter(LOST_AFTER.multipliedBy(3))).isEmpty();
    route.delayedUnknown = false;
    assertThat(lostAfter(Duration.ofMinutes(1))).containsExactly(LOST);
  }

  @Test
  void taskMayBeInTheQueueUntilAllTasksOfTheStartHaveLeftIt() {
    route.submit(LOST);
    route.ready = 100;
    route.confirmed = 1_000;
    assertThat(lostAfter(LOST_AFTER.plusMinutes(2))).isEmpty();
    route.confirmed = 1_099;
    assertThat(lostAfter(Duration.ofMinutes(2))).as("one of 100 may be the task").isEmpty();
    route.confirmed = 1_100;
    assertThat(lostAfter(Duration.ofMinutes(1))).containsExactly(LOST);
  }

  @Test
  void tasksThatWerePublishedAtTheStartMayBeBeforeTheTask() {
    route.submit(LOST);
    route.ready = 100;
    route.publishing = 30;
    assertThat(lostAfter(LOST_AFTER.plusMinutes(1))).isEmpty();
    route.confirmed = 129;
    assertThat(lostAfter(Duration.ofMinutes(1))).isEmpty();
    route.confirmed = 130;
    assertThat(lostAfter(Duration.ofMinutes(1))).containsExactly(LOST);
  }

  @Test
  void taskThatAWithdrawalReturnsToTheQueueIsNotLost() {
    route.submit(LOST);
    untilQuestion();
    for (int step = 0; step < 3; step++) {
      advance(); // the queue is empty: the withdrawal has its tasks
    }
    route.ready = 1;

    assertThat(lostAfter(LOST_AFTER.minus(INTERVAL))).isEmpty();
  }

  @Test
  void searchStartsAgainAfterAWithdrawal() {
    route.submit(LOST);
    route.ready = 1;
    lostAfter(LOST_AFTER.plusMinutes(1));
    route.scans++;
    route.ready = 0;
    assertThat(lostAfter(Duration.ofMinutes(2))).isEmpty();
    assertThat(lostAfter(LOST_AFTER.plusMinutes(1))).containsExactly(LOST);
  }

  @Test
  void searchStartsAgainAfterAWorkerHasStarted() {
    route.submit(LOST);
    untilQuestion();
    advance();
    route.workers = Optional.of(Set.of("a", "b", "new"));
    assertThat(lostAfter(Duration.ofMinutes(1))).isEmpty();
    assertThat(lostAfter(LOST_AFTER.plusMinutes(1))).containsExactly(LOST);
  }

  @Test
  void nothingIsLostIfAWorkerDoesNotAnswer() {
    route.submit(LOST);
    route.silent = "b";
    assertThat(lostAfter(LOST_AFTER.multipliedBy(4))).isEmpty();
  }

  @Test
  void restartedWorkerDoesNotAnswerTheSecondRound() {
    route.submit(LOST);
    untilQuestion();
    advance();
    route.silent = "a";
    assertThat(lostAfter(LOST_AFTER.minus(INTERVAL))).isEmpty();
  }

  @Test
  void nothingIsSearchedWhileAConsumerDoesNotReport() {
    route.submit(LOST);
    route.workers = Optional.empty();
    assertThat(lostAfter(LOST_AFTER.multipliedBy(3))).isEmpty();
    assertThat(route.questions).isEmpty();
  }

  @Test
  void taskThatWasPublishedAgainDuringTheSearchIsNotLost() {
    route.submit(LOST);
    untilQuestion();
    route.submitted = Set.of(new Submission(LOST, 2, false));
    assertThat(lostAfter(LOST_AFTER.minus(INTERVAL))).isEmpty();
  }

  @Test
  void cancelledTasksAreNotSearched() {
    route.submitted = Set.of(new Submission(LOST, 1, true));
    assertThat(lostAfter(LOST_AFTER.multipliedBy(3))).isEmpty();
    assertThat(route.questions).isEmpty();
  }

  @Test
  void allOfManyTasksAreSearchedInTurn() {
    Set<UUID> many = new HashSet<>();
    for (int task = 0; task < 2 * BusyRouteSearch.MAX_TASKS; task++) {
      many.add(new UUID(2, task));
    }
    route.submit(many.toArray(UUID[]::new));
    route.held.addAll(many);

    lostAfter(LOST_AFTER.multipliedBy(4));

    assertThat(route.questions.stream().flatMap(List::stream).collect(Collectors.toSet()))
        .isEqualTo(many);
    assertThat(route.reads).as("no task is missing").isZero();
  }

  @Test
  void noSearchStartsOnAnIdleRoute() {
    assertThat(search.isDue(false, now)).isTrue();
    assertThat(search.isDue(true, now)).isFalse();
  }

  private void untilQuestion() {
    while (route.questions.isEmpty()) {
      advance();
    }
  }

  private Set<UUID> lostAfter(Duration time) {
    Set<UUID> lost = new HashSet<>();
    for (Duration passed = Duration.ZERO;
        passed.compareTo(time) < 0;
        passed = passed.plus(INTERVAL)) {
      lost.addAll(advance());
    }
    return lost;
  }

  private Set<UUID> advance() {
    Set<UUID> lost = search.isDue(false, now) ? search.step(route, now) : Set.of();
    route.requeue(lost);
    now += INTERVAL.toNanos();
    return lost;
  }

  /** A route with two workers. */
  private static final class FakeRoute implements RouteView {
    final Set<List<UUID>> questions = new LinkedHashSet<>();
    final Set<UUID> held = new HashSet<>();
    final Set<UUID> delayed = new HashSet<>();
    Set<Submission> submitted = Set.of();
    Optional<Set<String>> workers = Optional.of(Set.of("a", "b"));
    @Nullable String silent;
    boolean delayedUnknown;
    int reads;
    long ready;
    long confirmed;
    long publishing;
    long scans;
    private int round;

    void submit(UUID... tasks) {
      submitted =
          Set.of(tasks).stream()
              .map(task -> new Submission(task, 1, false))
              .collect(Collectors.toSet());
    }

    void requeue(Set<UUID> lost) {
      submitted =
          submitted.stream()
              .filter(task -> !lost.contains(task.task()))
              .collect(Collectors.toSet());
    }

    @Override
    public Set<Submission> submitted() {
      return submitted;
    }

    @Override
    public Optional<Set<String>> workers() {
      return workers;
    }

    @Override
    public void query(UUID id, int asked, List<UUID> tasks) {
      round = asked;
      questions.add(tasks);
    }

    @Override
    public Map<String, TaskSearchResults.Answer> answers(UUID id) {
      Map<String, TaskSearchResults.Answer> answers = new HashMap<>();
      workers
          .orElse(Set.of())
          .forEach(worker -> answers.put(worker, new TaskSearchResults.Answer(round, held)));
      answers.remove(silent);
      return answers;
    }

    @Override
    public void end(UUID id) {
      round = 0;
    }

    @Override
    public Optional<Set<UUID>> delayedTasks() {
      if (delayedUnknown) {
        return Optional.empty();
      }
      reads++;
      return Optional.of(Set.copyOf(delayed));
    }

    @Override
    public Publications.DispatchPosition position() {
      return new Publications.DispatchPosition(
          new Publications.DispatchCounters(confirmed, scans), publishing);
    }

    @Override
    public long ready() {
      return ready;
    }
  }
}
