package dev.sluice.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.consume.TaskDeduplicator.Claim;
import dev.sluice.worker.settle.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TaskDeduplicatorTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final TaskIds IDS =
      new TaskIds("t", "b", "/v1/chat/completions", "mini", Lane.BATCH, "c", null);
  private static final TaskMessage TASK = TaskMessage.first(IDS, NOW, null, Payload.of("{}"));
  private static final Settlement FINISH =
      new Settlement.Finish(
          OutcomeMessage.completed(IDS, CallStats.none(1, 0, "w"), Payload.of("{}")));

  private final AtomicLong nanos = new AtomicLong();
  private final TaskDeduplicator memory = new TaskDeduplicator(Duration.ofSeconds(20), nanos::get);

  @Test
  void aCopyOfATaskThatHasEndedIsSettledWhicheverAttemptItIs() throws InterruptedException {
    settle(TASK, FINISH);

    assertThat(memory.claim(TASK)).isEqualTo(Claim.SETTLED);
    assertThat(memory.claim(TASK.nextAttempt(NOW.plusSeconds(5)))).isEqualTo(Claim.SETTLED);
    assertThat(memory.claim(TaskMessage.first(IDS, NOW.plusSeconds(9), null, Payload.of("{}"))))
        .isEqualTo(Claim.SETTLED);
  }

  @Test
  void aReplayIsAnotherRun() throws InterruptedException {
    settle(TASK, FINISH);

    assertThat(memory.claim(TaskMessage.first(IDS.nextRun(), NOW, null, Payload.of("{}"))))
        .isEqualTo(Claim.ACQUIRED);
  }

  @Test
  void aDelayedTaskComesBackAndACopyOfWhatItWasDoesNot() throws InterruptedException {
    TaskMessage later = TASK.throttled(NOW.plusSeconds(3));
    settle(TASK, new Settlement.Delay(later, Duration.ofSeconds(3)));

    assertThat(memory.claim(TASK)).isEqualTo(Claim.SETTLED);
    assertThat(memory.claim(later)).isEqualTo(Claim.ACQUIRED);
  }

  @Test
  void aTaskThatWasCalledBackWhileItWaitedAndIsPublishedAnewIsNoCopy() throws InterruptedException {
    settle(TASK, new Settlement.Delay(TASK.throttled(NOW.plusSeconds(3)), Duration.ofSeconds(3)));

    assertThat(memory.claim(TaskMessage.first(IDS, NOW.plusSeconds(60), null, Payload.of("{}"))))
        .isEqualTo(Claim.ACQUIRED);
  }

  @Test
  void whatWaitsOnAsItWasOrWasPutBackIsNotForgottenInTheBroker() throws InterruptedException {
    settle(TASK, new Settlement.Delay(TASK, Duration.ofSeconds(3)));
    settle(TASK, new Settlement.Requeue(TASK));

    assertThat(memory.claim(TASK)).isEqualTo(Claim.ACQUIRED);
  }

  @Test
  void aCopyOfARunningTaskWaitsForItsEnd() throws InterruptedException {
    assertThat(memory.claim(TASK)).isEqualTo(Claim.ACQUIRED);
    CompletableFuture<Claim> copy = CompletableFuture.supplyAsync(this::claimed);

    memory.settled(TASK, FINISH, NOW);
    memory.release(TASK);

    assertThat(copy.join()).isEqualTo(Claim.SETTLED);
  }

  @Test
  void aCopyIsWorkedOnWhereTheOtherCameToNothing() throws InterruptedException {
    assertThat(memory.claim(TASK)).isEqualTo(Claim.ACQUIRED);
    CompletableFuture<Claim> copy = CompletableFuture.supplyAsync(this::claimed);

    memory.release(TASK);

    assertThat(copy.join()).isEqualTo(Claim.ACQUIRED);
  }

  @Test
  void aCopyDoesNotWaitForEver() throws InterruptedException {
    TaskDeduplicator hasty = new TaskDeduplicator(Duration.ofMillis(1), nanos::get);

    assertThat(hasty.claim(TASK)).isEqualTo(Claim.ACQUIRED);
    assertThat(hasty.claim(TASK)).isEqualTo(Claim.RUNNING);
  }

  @Test
  void anHourLaterItIsForgotten() throws InterruptedException {
    settle(TASK, FINISH);

    nanos.addAndGet(Duration.ofHours(1).plusSeconds(1).toNanos());

    assertThat(memory.claim(TASK)).isEqualTo(Claim.ACQUIRED);
  }

  private Claim claimed() {
    try {
      return memory.claim(TASK);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  private void settle(TaskMessage task, Settlement settlement) throws InterruptedException {
    assertThat(memory.claim(task)).isEqualTo(Claim.ACQUIRED);
    memory.settled(task, settlement, NOW);
    memory.release(task);
  }
}
