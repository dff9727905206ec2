package dev.sluice.worker.consume;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.fleet.FleetClock;
import dev.sluice.worker.fleet.SuspendedBatches;
import dev.sluice.worker.limit.RouteHealth;
import dev.sluice.worker.settle.Settlement;
import dev.sluice.worker.settle.SettlementPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a task may be called now. The first check that rejects it decides its settlement.
 *
 * <pre>
 *   check         rejects a task                                    settlement
 *   caller gone   whose caller has disconnected                     discard
 *   expired       after its deadline                                expired
 *   suspended     that is paused or cancelled, or whose batch is    delay; cancelled
 *   too early     before its due time                               delay
 *   presence      whose caller does not answer a presence query     discard; delay
 *   project       whose project has its limit of tasks here        delay
 * </pre>
 *
 * <p>The first four do not block. They run before the wait for a permit, during it, and again with
 * the permit, because the wait may take minutes. The presence query runs with the permit, unless
 * the task is fresh, and also before the wait for a task that was delayed or redelivered. The limit
 * of the project is checked once, when the task arrives.
 */
final class PreCallChecks {
  /** A task that is due in more than this time is delayed again. */
  private static final Duration EARLY_TOLERANCE = Duration.ofMillis(250);

  /**
   * Producers poll for client disconnects every 200 ms. A live task younger than this needs no
   * presence query.
   */
  private static final Duration CALLER_CHECK_INTERVAL = Duration.ofMillis(200);

  /** Returns the settlement of a task that must not be called now. */
  private interface Check {
    Optional<Settlement> rejection(ReceivedTask task, Instant now);
  }

  private final SettlementPolicy policy;
  private final SuspendedBatches suspendedBatches;
  private final FleetClock clock;
  private final List<Check> checks =
      List.of(this::callerGone, this::expired, this::suspended, this::tooEarly);

  PreCallChecks(SettlementPolicy policy, SuspendedBatches suspendedBatches, FleetClock clock) {
    this.policy = policy;
    this.suspendedBatches = suspendedBatches;
    this.clock = clock;
  }

  /** The rejection of a task that has just arrived. */
  Optional<Settlement> onArrival(ReceivedTask task, ProjectTasks.Entry entry)
      throws InterruptedException {
    String project = entry.project();
    Optional<SuspendedBatches.ProjectLimit> exceeded =
        project == null
            ? Optional.empty()
            : suspendedBatches
                .projectLimit(task.message().ids().route(), project)
                .filter(limit -> entry.exceeds(limit.maxFraction()));
    if (exceeded.isEmpty()) {
      return Optional.empty();
    }
    Optional<Settlement> rejection = beforePermit(task);
    return rejection.isPresent()
        ? rejection
        : Optional.of(
            policy.overProjectLimit(task.message(), exceeded.get().delay(), clock.instant()));
  }

  /** The rejection before the wait for a permit; empty if the task may wait. */
  Optional<Settlement> beforePermit(ReceivedTask task) throws InterruptedException {
    Optional<Settlement> rejection = rejection(task);
    boolean mayHaveLostCaller = task.redelivered() || task.message().notBefore() != null;
    return rejection.isEmpty() && mayHaveLostCaller ? queryPresence(task) : rejection;
  }

  /** Whether a task that waits for its permit may still be called. Does not block. */
  boolean isWanted(ReceivedTask task) {
    return rejection(task).isEmpty();
  }

  /** Claims the task right before its call; returns a rejection if the call must not be made. */
  Optional<Settlement> withPermit(ReceivedTask task) throws InterruptedException {
    Optional<Settlement> rejection = claim(task);
    return rejection.isEmpty() ? rejection(task) : rejection;
  }

  private Optional<Settlement> rejection(ReceivedTask task) {
    Instant now = clock.instant();
    for (Check check : checks) {
      Optional<Settlement> rejection = check.rejection(task, now);
      if (rejection.isPresent()) {
        return rejection;
      }
    }
    return Optional.empty();
  }

  private Optional<Settlement> callerGone(ReceivedTask task, Instant now) {
    return task.isCallerGone() ? Optional.of(new Settlement.Discard()) : Optional.empty();
  }

  private Optional<Settlement> expired(ReceivedTask task, Instant now) {
    if (!task.message().isExpired(now)) {
      return Optional.empty();
    }
    return Optional.of(
        clock.isReliable()
            ? settle(task, new TaskOutcome.Expired(), now)
            : policy.withUnknownTime(task.message()));
  }

  private Optional<Settlement> suspended(ReceivedTask task, Instant now) {
    return switch (suspendedBatches.of(task.message().ids())) {
      case NONE -> Optional.empty();
      case PAUSED -> Optional.of(policy.paused(task.message(), now));
      case CANCELLED -> Optional.of(settle(task, new TaskOutcome.Cancelled(), now));
    };
  }

  private Optional<Settlement> tooEarly(ReceivedTask task, Instant now) {
    TaskMessage message = task.message();
    Instant notBefore = message.notBefore();
    if (notBefore == null || !notBefore.isAfter(now.plus(EARLY_TOLERANCE))) {
      return Optional.empty();
    }
    return Optional.of(
        clock.isReliable()
            ? policy.tooEarly(message, notBefore, now)
            : policy.withUnknownTime(message));
  }

  private Settlement settle(ReceivedTask task, TaskOutcome outcome, Instant now) {
    return policy.settle(
        task.message(), task.caller(), outcome, /* member= */ "", RouteHealth.HEALTHY, now);
  }

  private Optional<Settlement> claim(ReceivedTask task) throws InterruptedException {
    if (!isFresh(task.message())) {
      return queryPresence(task);
    }
    task.caller().announceClaim();
    return Optional.empty();
  }

  /**
   * A task this fresh had a caller when it was sent. If the caller disconnects later, the producer
   * broadcasts it.
   */
  private boolean isFresh(TaskMessage task) {
    Duration age = Duration.between(task.firstEnqueuedAt(), clock.instant());
    return task.notBefore() == null && age.abs().compareTo(CALLER_CHECK_INTERVAL) < 0;
  }

  private Optional<Settlement> queryPresence(ReceivedTask task) throws InterruptedException {
    return switch (task.caller().queryPresence()) {
      case WAITING -> Optional.empty();
      case GONE -> Optional.of(new Settlement.Discard());
      case UNREACHABLE -> Optional.of(policy.callerUnreachable(task.message(), clock.instant()));
    };
  }
}
