package dev.sluice.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.fleet.TaskCancellationMessage;
import dev.sluice.common.fleet.TaskCancellationMessage.CancelledRun;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskIds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SuspendedBatchesTest {
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private final InstantSource source = () -> now;
  private final SuspendedBatches suspended = new SuspendedBatches(clock());

  @Test
  void namedBatchesAreSuspendedOnTheirRouteOnly() {
    suspended.onSuspension(
        new SuspensionMessage("mini", 5_000, List.of("batch_a"), List.of("batch_b"), List.of()));

    assertThat(suspended.of(task("mini", "batch_a"))).isEqualTo(Suspension.CANCELLED);
    assertThat(suspended.of(task("mini", "batch_b"))).isEqualTo(Suspension.PAUSED);
    assertThat(suspended.of(task("mini", "batch_c"))).isEqualTo(Suspension.NONE);
    assertThat(suspended.of(task("large", "batch_a"))).isEqualTo(Suspension.NONE);
    assertThat(suspended.of(task("mini", null))).isEqualTo(Suspension.NONE);
  }

  @Test
  void aBatchThatTheNextMessageOmitsIsResumed() {
    suspended.onSuspension(
        new SuspensionMessage("mini", 5_000, List.of(), List.of("batch_b"), List.of()));
    suspended.onSuspension(new SuspensionMessage("mini", 5_000, List.of(), List.of(), List.of()));

    assertThat(suspended.of(task("mini", "batch_b"))).isEqualTo(Suspension.NONE);
  }

  @Test
  void aSuspensionExpiresWithItsMessage() {
    suspended.onSuspension(
        new SuspensionMessage("mini", 5_000, List.of("batch_a"), List.of(), List.of()));
    now = now.plusSeconds(5);

    assertThat(suspended.of(task("mini", "batch_a"))).isEqualTo(Suspension.NONE);
  }

  @Test
  void aSuspensionExpiresAfterAtMostOneMinute() {
    suspended.onSuspension(
        new SuspensionMessage("mini", Long.MAX_VALUE, List.of("batch_a"), List.of(), List.of()));
    now = now.plus(Duration.ofMinutes(1));

    assertThat(suspended.of(task("mini", "batch_a"))).isEqualTo(Suspension.NONE);
  }

  @Test
  void aCancelledReplayIsNotCalledButTheNextOneIs() {
    TaskIds replay = task("mini", "batch_a").nextRun();
    suspended.onTaskCancellation(
        new TaskCancellationMessage(60_000, List.of(new CancelledRun(replay.taskId(), 2))));

    assertThat(suspended.of(replay)).isEqualTo(Suspension.CANCELLED);
    assertThat(suspended.of(replay.nextRun())).isEqualTo(Suspension.NONE);
    now = now.plusSeconds(60);
    assertThat(suspended.of(replay)).isEqualTo(Suspension.NONE);
  }

  private Clock clock() {
    return source.withZone(ZoneOffset.UTC);
  }

  private static TaskIds task(String route, @Nullable String batch) {
    return new TaskIds("t", batch, "/v1/chat/completions", route, Lane.BATCH, "c", null);
  }
}
