package dev.sluice.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.fleet.FleetClock;
import dev.sluice.worker.fleet.FleetSubscriptionListener;
import dev.sluice.worker.fleet.SuspendedBatches;
import dev.sluice.worker.live.LiveCaller;
import dev.sluice.worker.live.LiveReply;
import dev.sluice.worker.settle.Settlement;
import dev.sluice.worker.settle.SettlementPolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.listener.ConsumeOkEvent;

class PreCallChecksTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

  private Instant now = NOON;
  private final InstantSource source = () -> now;
  private final Clock own = source.withZone(ZoneOffset.UTC);
  private final FleetClock clock = new FleetClock(own, () -> Duration.between(NOON, now).toNanos());
  private final SuspendedBatches suspended = new SuspendedBatches(own);
  private final StubCaller caller = new StubCaller();
  private final PreCallChecks checks =
      new PreCallChecks(
          new SettlementPolicy(TestRoutes.route("r", Map.of()), new Random(1), "w"),
          suspended,
          clock);

  @Test
  void freshTaskIsAnnouncedWithoutAQuery() throws InterruptedException {
    ReceivedTask task = received(task());

    assertThat(checks.beforePermit(task)).isEmpty();
    assertThat(checks.isWanted(task)).isTrue();
    assertThat(checks.withPermit(task)).isEmpty();
    assertThat(caller.calls).containsExactly("announce");
  }

  @Test
  void presenceIsQueriedWithThePermitAfterAWait() throws InterruptedException {
    ReceivedTask task = received(task());
    assertThat(checks.beforePermit(task)).isEmpty();
    now = NOON.plusSeconds(5);

    assertThat(checks.withPermit(task)).isEmpty();
    assertThat(caller.calls).containsExactly("query");
  }

  @Test
  void presenceOfARedeliveredOrDelayedTaskIsQueriedBeforeTheWait() throws InterruptedException {
    caller.presence = LiveCaller.Presence.GONE;

    assertThat(checks.beforePermit(new ReceivedTask(task(), caller, /* redelivered= */ true)))
        .contains(new Settlement.Discard());
    assertThat(checks.beforePermit(received(task().throttled(NOON))))
        .contains(new Settlement.Discard());
    assertThat(caller.calls).containsExactly("query", "query");
  }

  @Test
  void taskOfAnUnreachableCallerIsDelayed() throws InterruptedException {
    caller.presence = LiveCaller.Presence.UNREACHABLE;
    now = NOON.plusSeconds(8);

    assertThat(delay(checks.withPermit(received(task())))).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void taskWhoseCallerDisconnectsIsDiscarded() throws InterruptedException {
    ReceivedTask task = received(task());
    caller.cancelled.complete(null);

    assertThat(checks.beforePermit(task)).contains(new Settlement.Discard());
    assertThat(checks.isWanted(task)).isFalse();
    assertThat(checks.withPermit(task)).contains(new Settlement.Discard());
  }

  @Test
  void expiredTaskFinishesOnceTheTimeIsKnown() throws InterruptedException {
    ReceivedTask task = new ReceivedTask(task(), LiveCaller.NONE, /* redelivered= */ false);
    now = NOON.plusSeconds(60);
    assertThat(delay(checks.beforePermit(task))).isEqualTo(Duration.ofSeconds(2));

    knowTheTime();
    assertThat(checks.beforePermit(task)).get().isInstanceOf(Settlement.Finish.class);
    assertThat(checks.isWanted(task)).isFalse();
    assertThat(checks.withPermit(task)).get().isInstanceOf(Settlement.Finish.class);
  }

  @Test
  void earlyTaskIsDelayedUntilItIsDue() throws InterruptedException {
    ReceivedTask task = received(task().throttled(NOON.plusSeconds(30)));
    assertThat(delay(checks.beforePermit(task))).isEqualTo(Duration.ofSeconds(2));

    knowTheTime();
    Duration remaining = Duration.between(now, NOON.plusSeconds(30));
    assertThat(delay(checks.beforePermit(task))).isEqualTo(remaining);
  }

  @Test
  void taskOfAPausedBatchIsDelayedAndOfACancelledOneFinishes() throws InterruptedException {
    ReceivedTask task = new ReceivedTask(task(), LiveCaller.NONE, /* redelivered= */ false);
    suspended.onSuspension(new SuspensionMessage("r", 5_000, List.of(), List.of("b"), List.of()));
    assertThat(delay(checks.beforePermit(task))).isEqualTo(Duration.ofSeconds(5));
    assertThat(checks.isWanted(task)).isFalse();

    suspended.onSuspension(new SuspensionMessage("r", 5_000, List.of("b"), List.of(), List.of()));
    assertThat(checks.withPermit(task)).get().isInstanceOf(Settlement.Finish.class);

    suspended.onSuspension(new SuspensionMessage("r", 5_000, List.of(), List.of(), List.of()));
    assertThat(checks.isWanted(task)).isTrue();
  }

  @Test
  void taskBeyondTheLimitOfItsProjectIsDelayedWithoutAnAttempt() throws InterruptedException {
    ReceivedTask task = retryOfProject();
    ProjectTasks projectTasks = new ProjectTasks(4);
    ProjectTasks.Entry first = projectTasks.enter(task.message());
    ProjectTasks.Entry second = projectTasks.enter(task.message());
    assertThat(checks.onArrival(task, second)).as("without a limit").isEmpty();

    suspended.onSuspension(limit("p", 0.25));
    assertThat(checks.onArrival(task, first)).isEmpty();
    Settlement.Delay delay = (Settlement.Delay) checks.onArrival(task, second).orElseThrow();
    assertThat(delay.duration()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(12));
    assertThat(delay.task().attempt()).isEqualTo(2);
    assertThat(delay.task().notBefore()).isEqualTo(now.plus(delay.duration()));

    suspended.onSuspension(limit("p", 0.5));
    assertThat(checks.onArrival(task, second)).isEmpty();
    suspended.onSuspension(limit("other", 0.25));
    assertThat(checks.onArrival(task, second)).isEmpty();
    suspended.onSuspension(limit("p", 0.25));
    now = now.plusSeconds(5);
    assertThat(checks.onArrival(task, second)).as("the limit has expired").isEmpty();
  }

  @Test
  void taskOfACancelledBatchFinishesWhateverTheLimitOfItsProject() throws InterruptedException {
    ReceivedTask task = retryOfProject();
    ProjectTasks projectTasks = new ProjectTasks(1);
    projectTasks.enter(task.message());
    suspended.onSuspension(limit("p", 0, "b"));
    assertThat(checks.onArrival(task, projectTasks.enter(task.message())))
        .get()
        .isInstanceOf(Settlement.Finish.class);
  }

  private ReceivedTask retryOfProject() {
    knowTheTime();
    TaskMessage retry = task().withProject("p").nextAttempt(now);
    return new ReceivedTask(retry, LiveCaller.NONE, /* redelivered= */ false);
  }

  private static SuspensionMessage limit(
      String project, double maxFraction, String... cancelledBatches) {
    return new SuspensionMessage(
        "r",
        5_000,
        List.of(cancelledBatches),
        List.of(),
        List.of(new SuspensionMessage.ProjectLimit(project, maxFraction, 8_000)));
  }

  private ReceivedTask received(TaskMessage task) {
    return new ReceivedTask(task, caller, /* redelivered= */ false);
  }

  private static TaskMessage task() {
    TaskIds ids = new TaskIds("t", "b", "/v1/chat/completions", "r", Lane.BATCH, "c", null);
    return TaskMessage.first(ids, NOON, NOON.plusSeconds(60), Payload.of("{}"));
  }

  private static Duration delay(Optional<Settlement> settlement) {
    assertThat(settlement).get().isInstanceOf(Settlement.Delay.class);
    return ((Settlement.Delay) settlement.orElseThrow()).duration();
  }

  /** No producer has sent its time for so long that this machine's clock applies. */
  private void knowTheTime() {
    new FleetSubscriptionListener("queue", clock)
        .onApplicationEvent(new ConsumeOkEvent(this, "queue", "tag"));
    now = now.plusSeconds(10);
  }

  private static final class StubCaller implements LiveCaller {
    private final List<String> calls = new ArrayList<>();
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private Presence presence = Presence.WAITING;

    @Override
    public boolean isPresent() {
      return true;
    }

    @Override
    public void announceClaim() {
      calls.add("announce");
    }

    @Override
    public Presence queryPresence() {
      calls.add("query");
      return presence;
    }

    @Override
    public CompletableFuture<Void> cancelled() {
      return cancelled;
    }

    @Override
    public boolean isStreaming() {
      return false;
    }

    @Override
    public void reply(LiveReply liveReply) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void onHeaders(Map<String, List<String>> headers) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void onChunk(byte[] chunk) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
