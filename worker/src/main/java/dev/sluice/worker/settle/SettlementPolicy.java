package dev.sluice.worker.settle;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskReadResult.Malformed;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.limit.RouteHealth;
import dev.sluice.worker.live.LiveCaller;
import dev.sluice.worker.settle.Settlement.DeadLetter;
import dev.sluice.worker.settle.Settlement.Delay;
import dev.sluice.worker.settle.Settlement.Discard;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Decides the settlement of a task from its outcome, or from the reason why it is not called now;
 * neither waits nor performs I/O.
 */
public final class SettlementPolicy {
  /** Short, because the tasks of a resumed batch wait up to this time. */
  private static final Duration PAUSED_DELAY = Duration.ofSeconds(5);

  private static final Duration UNKNOWN_TIME_DELAY = Duration.ofSeconds(2);

  /** The longest timeout that a caller can request. */
  private static final Duration MAX_CALLER_TIMEOUT = Duration.ofHours(1);

  /** A producer that has lost its broker connection reconnects in about this time. */
  private static final Duration UNREACHABLE_DELAY = Duration.ofSeconds(1);

  private static final Duration MAX_UNREACHABLE_DELAY = Duration.ofSeconds(15);

  /** The hold may end earlier. */
  private static final Duration MAX_SOURCE_DELAY = Duration.ofMinutes(1);

  private static final Duration MAX_LIVE_SOURCE_DELAY = Duration.ofSeconds(1);

  private final RetryBackoff backoff;
  private final String worker;
  private final CallRecordFactory callRecords;
  private final BatchSettlementPolicy batch;
  private final LiveSettlementPolicy live;

  /**
   * @param worker the worker name in outcomes
   */
  public SettlementPolicy(RouteSettings route, RandomGenerator random, String worker) {
    this.backoff = new RetryBackoff(route.backoff(), random);
    this.worker = worker;
    CallStatsRecorder stats = new CallStatsRecorder(worker);
    this.callRecords = new CallRecordFactory(worker);
    this.batch = new BatchSettlementPolicy(route.maxAttempts(), backoff, callRecords, stats);
    this.live = new LiveSettlementPolicy(batch, stats);
  }

  /**
   * The settlement of a task for its caller, if it has one.
   *
   * @param received the task as received
   * @param member name of the member that was called; empty for a route without members, or without
   *     a call
   * @param routeHealth the state of the route after the call
   */
  public Settlement settle(
      TaskMessage received,
      LiveCaller caller,
      TaskOutcome outcome,
      String member,
      RouteHealth routeHealth,
      Instant now) {
    return caller.isPresent()
        ? settleLive(received, outcome, member, caller.isStreaming(), routeHealth, now)
        : settle(received, outcome, member, routeHealth, now);
  }

  /**
   * The settlement of a task without a live caller.
   *
   * @param received the task as received
   * @param routeHealth the state of the route after the call
   */
  Settlement settle(
      TaskMessage received,
      TaskOutcome outcome,
      String member,
      RouteHealth routeHealth,
      Instant now) {
    return batch.settle(received, outcome, member, routeHealth, now);
  }

  /**
   * The settlement of a task with a live caller.
   *
   * @param streaming whether the caller has received a chunk of the reply
   */
  Settlement settleLive(
      TaskMessage task,
      TaskOutcome outcome,
      String member,
      boolean streaming,
      RouteHealth routeHealth,
      Instant now) {
    return live.settle(task, outcome, member, streaming, routeHealth, now);
  }

  /** The task that another member is called for, with the refused call in its history. */
  public TaskMessage refused(TaskMessage task, TaskOutcome outcome, String member, Instant now) {
    return callRecords.of(outcome, member, now).map(task::withCall).orElse(task);
  }

  /** A message that is not a valid task becomes a dead letter, unchanged. */
  public Settlement malformed(Malformed message) {
    return new DeadLetter(
        FailureCode.MALFORMED_TASK,
        OutcomeMessage.failed(
            message.ids(),
            new Failure(FailureCode.MALFORMED_TASK, message.reason()),
            CallStats.none(0, 0, worker),
            message.body()));
  }

  /** A task that arrives too early is delayed again until it is due. */
  public Settlement tooEarly(TaskMessage task, Instant notBefore, Instant now) {
    return Delay.of(task, Duration.between(now, notBefore), now, due -> task);
  }

  /**
   * A task whose deadline or due time cannot be judged, because this worker has just started and no
   * producer has sent its time yet.
   */
  public Settlement withUnknownTime(TaskMessage task) {
    return new Delay(task, UNKNOWN_TIME_DELAY);
  }

  /** A task whose source is held returns when the hold ends or its next probe is due. */
  public Settlement sourceHeld(TaskMessage task, Duration remaining, Instant now) {
    Duration max = task.ids().lane() == Lane.LIVE ? MAX_LIVE_SOURCE_DELAY : MAX_SOURCE_DELAY;
    Duration hold = remaining.compareTo(max) < 0 ? remaining : max;
    return Delay.of(task, backoff.next(Duration.ZERO, 1, hold), now, task::postponed);
  }

  /** A task beyond the limit of its project returns after about the delay. */
  public Settlement overProjectLimit(TaskMessage task, Duration delay, Instant now) {
    return Delay.of(task, backoff.around(delay), now, task::postponed);
  }

  /** A task of a paused batch returns every 5 s, until the batch is resumed or cancelled. */
  public Settlement paused(TaskMessage task, Instant now) {
    return Delay.of(task, PAUSED_DELAY, now, task::postponed);
  }

  /**
   * A task with an unreachable caller is delayed for 1/8 of its age, from 1 s to 15 s, before the
   * next presence query. It is discarded after one hour, the longest timeout of a caller.
   */
  public Settlement callerUnreachable(TaskMessage task, Instant now) {
    Duration age = Duration.between(task.firstEnqueuedAt(), now);
    if (age.compareTo(MAX_CALLER_TIMEOUT) > 0) {
      return new Discard();
    }
    long millis =
        Math.clamp(
            age.toMillis() / 8, UNREACHABLE_DELAY.toMillis(), MAX_UNREACHABLE_DELAY.toMillis());
    return Delay.of(task, Duration.ofMillis(millis), now, task::postponed);
  }
}
