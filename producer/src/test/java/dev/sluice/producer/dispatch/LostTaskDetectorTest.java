package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.store.SubmittedTasks;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LostTaskDetectorTest {
  private static final Duration LOST_AFTER = Duration.ofMinutes(5);
  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration READ_INTERVAL = Duration.ofSeconds(5);
  private static final UUID RUNNING = new UUID(1, 1);
  private static final UUID CANCELLED = new UUID(1, 2);

  private final LostTaskDetector detector = new LostTaskDetector(LOST_AFTER, CALL_TIMEOUT);
  private Optional<Set<UUID>> delayed = Optional.of(Set.of());
  private int reads;
  private int run = 1;
  private Set<UUID> cancelled = Set.of(CANCELLED);
  private long now = Long.MAX_VALUE - 1; // System.nanoTime() may overflow

  @Test
  void missingTaskOfAnIdleRouteIsLostAfterTheConfiguredTime() {
    assertThat(check(true, RUNNING)).isEmpty();
    advance(LOST_AFTER.minusMillis(1));
    assertThat(check(true, RUNNING)).isEmpty();
    assertThat(reads).as("the delay queues are not read before a task is due").isZero();
    advance(Duration.ofMillis(1));
    assertLostAtTheSecondRead(true, RUNNING, RUNNING);
  }

  @Test
  void missingTaskOfACancelledBatchIsLostAfterTenSeconds() {
    assertThat(check(true, RUNNING, CANCELLED)).isEmpty();
    advance(LostTaskDetector.MAX_IDLE_TIME);
    assertLostAtTheSecondRead(true, CANCELLED, RUNNING, CANCELLED);
  }

  @Test
  void taskOfABusyRouteMayBeQueuedOrCalled() {
    check(false, RUNNING);
    advance(LOST_AFTER.multipliedBy(3));
    assertThat(check(false, RUNNING)).isEmpty();
    assertThat(check(true, RUNNING)).as("a report may be some seconds old").isEmpty();
    advance(LostTaskDetector.MAX_IDLE_TIME);
    assertLostAtTheSecondRead(true, RUNNING, RUNNING);
  }

  @Test
  void cancelledTaskOfABusyRouteIsLostAfterTheLongestCall() {
    check(false, CANCELLED);
    advance(CALL_TIMEOUT.plusSeconds(59));
    assertThat(check(false, CANCELLED)).isEmpty();
    advance(Duration.ofSeconds(1));
    assertLostAtTheSecondRead(false, CANCELLED, CANCELLED);
  }

  @Test
  void timeOfACancelledTaskStartsAtTheCancellation() {
    check(false, RUNNING);
    advance(CALL_TIMEOUT.multipliedBy(2));
    cancelled = Set.of(RUNNING);
    assertThat(check(false, RUNNING)).as("its call may have just started").isEmpty();
    advance(CALL_TIMEOUT.plusMinutes(1));
    assertLostAtTheSecondRead(false, RUNNING, RUNNING);
  }

  @Test
  void delayedTaskIsNotLostAndIsSearchedAgainLater() {
    check(true, RUNNING);
    advance(LOST_AFTER);
    delayed = Optional.of(Set.of(RUNNING));
    assertThat(check(true, RUNNING)).isEmpty();
    advance(LOST_AFTER.minusMillis(1));
    assertThat(check(true, RUNNING)).isEmpty();
    assertThat(reads).isEqualTo(1);
    advance(Duration.ofMillis(1));
    delayed = Optional.of(Set.of());
    assertLostAtTheSecondRead(true, RUNNING, RUNNING);
  }

  @Test
  void taskThatMovesToTheNextDelayQueueDuringOneReadIsNotLost() {
    check(true, RUNNING);
    advance(LOST_AFTER);
    assertThat(check(true, RUNNING)).isEmpty();
    advance(READ_INTERVAL);
    delayed = Optional.of(Set.of(RUNNING));
    assertThat(check(true, RUNNING)).isEmpty();
    advance(LOST_AFTER);
    delayed = Optional.of(Set.of());
    assertThat(check(true, RUNNING)).as("the reads are not consecutive").isEmpty();
    assertThat(reads).isEqualTo(3);
  }

  @Test
  void readsBecomeLessFrequentWhileTheyFindAllDueTasks() {
    delayed = Optional.of(Set.of(CANCELLED));
    check(true, CANCELLED);
    for (int second = 0; second < 600; second++) {
      advance(Duration.ofSeconds(1));
      check(true, CANCELLED);
    }
    assertThat(reads).as("after 10, 20, 40, 80, 160, 320 s").isEqualTo(6);
  }

  @Test
  void taskThatAnotherProducerHasPublishedAgainIsNotLost() {
    check(true, RUNNING);
    advance(LOST_AFTER);
    run = 2;
    assertThat(check(true, RUNNING)).isEmpty();
    advance(LOST_AFTER);
    assertLostAtTheSecondRead(true, RUNNING, RUNNING);
  }

  @Test
  void nothingIsLostWhileTheDelayedTasksAreUnknown() {
    check(true, RUNNING);
    advance(LOST_AFTER);
    delayed = Optional.empty();
    assertThat(check(true, RUNNING)).isEmpty();
    assertThat(check(true, RUNNING)).as("reads are at least 5 s apart").isEmpty();
    assertThat(reads).isEqualTo(1);
    advance(Duration.ofSeconds(5));
    delayed = Optional.of(Set.of());
    assertLostAtTheSecondRead(true, RUNNING, RUNNING);
  }

  private void assertLostAtTheSecondRead(boolean idle, UUID lost, UUID... submitted) {
    assertThat(check(idle, submitted)).as("first read").isEmpty();
    advance(READ_INTERVAL);
    assertThat(check(idle, submitted)).as("second read").containsExactly(lost);
  }

  private Set<UUID> check(boolean idle, UUID... submitted) {
    detector.onCount(idle, now);
    Set<SubmittedTasks.Submission> tasks =
        Stream.of(submitted)
            .map(task -> new SubmittedTasks.Submission(task, run, cancelled.contains(task)))
            .collect(Collectors.toSet());
    return detector.check(
        tasks,
        () -> {
          reads++;
          return delayed;
        },
        now);
  }

  private void advance(Duration duration) {
    now += duration.toNanos();
  }
}
