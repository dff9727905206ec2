package dev.sluice.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.common.wire.AnswerRules;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TokenUsage;
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
  private final TaskDeduplicator deduplicator =
      new TaskDeduplicator(Duration.ofSeconds(20), nanos::get);

  @Test
  void copyOfFinishedTaskIsSettledForEveryAttempt() throws InterruptedException {
    settle(TASK, FINISH);

    assertThat(deduplicator.claim(TASK)).isEqualTo(Claim.SETTLED);
    assertThat(deduplicator.claim(TASK.nextAttempt(NOW.plusSeconds(5)))).isEqualTo(Claim.SETTLED);
    assertThat(
            deduplicator.claim(TaskMessage.first(IDS, NOW.plusSeconds(9), null, Payload.of("{}"))))
        .isEqualTo(Claim.SETTLED);
  }

  @Test
  void replayIsAnotherRun() throws InterruptedException {
    settle(TASK, FINISH);

    assertThat(deduplicator.claim(TaskMessage.first(IDS.nextRun(), NOW, null, Payload.of("{}"))))
        .isEqualTo(Claim.ACQUIRED);
  }

  @Test
  void delayedTaskIsAcquiredButItsEarlierCopyIsSettled() throws InterruptedException {
    TaskMessage delayed = TASK.throttled(NOW.plusSeconds(3));
    settle(TASK, new Settlement.Delay(delayed, Duration.ofSeconds(3)));

    assertThat(deduplicator.claim(TASK)).isEqualTo(Claim.SETTLED);
    assertThat(deduplicator.claim(delayed)).isEqualTo(Claim.ACQUIRED);
  }

  @Test
  void taskThatIsAskedAgainIsAcquiredButItsEarlierCopyIsSettled() throws InterruptedException {
    TaskMessage first = TASK.withAnswerRules(new AnswerRules(false, AnswerCheck.of("{}", 2)));
    TaskMessage second =
        first.askedAgain(first.check().last().next(new TokenUsage(1, 1), "{}", "errors"));
    settle(first, new Settlement.ReAsk(second));

    assertThat(deduplicator.claim(first)).isEqualTo(Claim.SETTLED);
    assertThat(deduplicator.claim(second)).isEqualTo(Claim.ACQUIRED);
  }

  @Test
  void taskWithdrawnAndRepublishedIsNotCopy() throws InterruptedException {
    settle(TASK, new Settlement.Delay(TASK.throttled(NOW.plusSeconds(3)), Duration.ofSeconds(3)));

    assertThat(
            deduplicator.claim(TaskMessage.first(IDS, NOW.plusSeconds(60), null, Payload.of("{}"))))
        .isEqualTo(Claim.ACQUIRED);
  }

  @Test
  void unchangedDelayedOrRequeuedTaskIsAcquired() throws InterruptedException {
    settle(TASK, new Settlement.Delay(TASK, Duration.ofSeconds(3)));
    settle(TASK, new Settlement.Requeue(TASK));

    assertThat(deduplicator.claim(TASK)).isEqualTo(Claim.ACQUIRED);
  }

  @Test
  void copyWaitsForRunningTask() throws InterruptedException {
    assertThat(deduplicator.claim(TASK)).isEqualTo(Claim.ACQUIRED);
    CompletableFuture<Claim> copy = CompletableFuture.supplyAsync(this::claimUnchecked);

    deduplicator.recordSettlement(TASK, FINISH, NOW);
    deduplicator.release(TASK);

    assertThat(copy.join()).isEqualTo(Claim.SETTLED);
  }

  @Test
  void copyIsAcquiredIfRunningTaskIsNotSettled() throws InterruptedException {
    assertThat(deduplicator.claim(TASK)).isEqualTo(Claim.ACQUIRED);
    CompletableFuture<Claim> copy = CompletableFuture.supplyAsync(this::claimUnchecked);

    deduplicator.release(TASK);

    assertThat(copy.join()).isEqualTo(Claim.ACQUIRED);
  }

  @Test
  void copyWaitTimesOut() throws InterruptedException {
    TaskDeduplicator deduplicatorWithShortTimeout =
        new TaskDeduplicator(Duration.ofMillis(1), nanos::get);

    assertThat(deduplicatorWithShortTimeout.claim(TASK)).isEqualTo(Claim.ACQUIRED);
    assertThat(deduplicatorWithShortTimeout.claim(TASK)).isEqualTo(Claim.RUNNING);
  }

  @Test
  void entryExpiresAfterOneHour() throws InterruptedException {
    settle(TASK, FINISH);

    nanos.addAndGet(Duration.ofHours(1).plusSeconds(1).toNanos());

    assertThat(deduplicator.claim(TASK)).isEqualTo(Claim.ACQUIRED);
  }

  private Claim claimUnchecked() {
    try {
      return deduplicator.claim(TASK);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private void settle(TaskMessage task, Settlement settlement) throws InterruptedException {
    assertThat(deduplicator.claim(task)).isEqualTo(Claim.ACQUIRED);
    deduplicator.recordSettlement(task, settlement, NOW);
    deduplicator.release(task);
  }
}
