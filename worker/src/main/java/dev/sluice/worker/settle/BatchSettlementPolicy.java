package dev.sluice.worker.settle;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Abandoned;
import dev.sluice.worker.classify.TaskOutcome.Cancelled;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Expired;
import dev.sluice.worker.classify.TaskOutcome.InvalidOutput;
import dev.sluice.worker.classify.TaskOutcome.NoCapacity;
import dev.sluice.worker.classify.TaskOutcome.NoTier;
import dev.sluice.worker.classify.TaskOutcome.NotReady;
import dev.sluice.worker.classify.TaskOutcome.PromptTooLong;
import dev.sluice.worker.classify.TaskOutcome.Rejected;
import dev.sluice.worker.classify.TaskOutcome.ReplyTooLarge;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
import dev.sluice.worker.limit.RouteHealth;
import dev.sluice.worker.settle.Settlement.DeadLetter;
import dev.sluice.worker.settle.Settlement.Delay;
import dev.sluice.worker.settle.Settlement.Finish;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Decides the settlement of a task without a live caller. */
final class BatchSettlementPolicy {
  /** A server that is not ready is called again as after this number of failures. */
  private static final int NOT_READY_FAILURES = 3;

  private static final Duration MAX_THROTTLE_DELAY = Duration.ofMinutes(5);

  private static final String CUT_OFF =
      "The provider cut off the answer at the token limit of the request. Raise the limit, then"
          + " replay the task.";

  private final int maxAttempts;
  private final RetryBackoff backoff;
  private final CallRecordFactory callRecords;
  private final CallStatsRecorder stats;

  BatchSettlementPolicy(
      int maxAttempts,
      RetryBackoff backoff,
      CallRecordFactory callRecords,
      CallStatsRecorder stats) {
    this.maxAttempts = maxAttempts;
    this.backoff = backoff;
    this.callRecords = callRecords;
    this.stats = stats;
  }

  /**
   * @param member name of the member that was called; empty for a route without members
   */
  Settlement settle(
      TaskMessage received,
      TaskOutcome outcome,
      String member,
      RouteHealth routeHealth,
      Instant now) {
    TaskMessage task =
        callRecords.of(outcome, member, now).map(received::withCall).orElse(received);
    return ReAskPolicy.withAnswerCount(
        task, outcome, settleWithoutCount(task, outcome, routeHealth, now));
  }

  private Settlement settleWithoutCount(
      TaskMessage task, TaskOutcome outcome, RouteHealth routeHealth, Instant now) {
    return switch (outcome) {
      case Completed done when done.cutOff() && task.failCutOff() ->
          deadLetter(task, FailureCode.CUT_OFF, CUT_OFF, stats.of(task, done));
      case Completed done ->
          new Finish(
              OutcomeMessage.completed(
                  task.ids(), stats.of(task, done), done.cutOff(), done.reply().body()));
      case InvalidOutput invalid when invalid.completed().cutOff() && task.failCutOff() ->
          deadLetter(task, FailureCode.CUT_OFF, CUT_OFF, stats.of(task, invalid.completed()));
      case InvalidOutput invalid ->
          ReAskPolicy.settle(task, invalid, stats.of(task, invalid.completed()));
      case Throttled throttled -> {
        Duration delay =
            backoff.next(
                capped(throttled.retryAfter()), task.throttles() + 1, routeHealth.holdFor());
        yield Delay.of(task, delay, now, task::throttled);
      }
      case Unavailable failed when routeHealth.outage() ->
          Delay.of(task, retryDelay(task, failed, routeHealth), now, task::postponed);
      case Unavailable failed when task.attempt() < maxAttempts ->
          Delay.of(task, retryDelay(task, failed, routeHealth), now, task::nextAttempt);
      case Unavailable failed ->
          deadLetter(
              task,
              FailureCode.ATTEMPTS_EXHAUSTED,
              failed.detail(),
              stats.of(task, failed.reply(), failed.latency()));
      case NotReady notReady -> {
        Duration delay =
            backoff.next(notReady.retryAfter(), NOT_READY_FAILURES, routeHealth.holdFor());
        yield Delay.of(task, delay, now, task::postponed);
      }
      case NoCapacity refused -> {
        Duration delay =
            backoff.next(
                null,
                task.tier().refusals() + 1,
                longest(capped(refused.retryAfter()), routeHealth.holdFor()));
        yield Delay.of(task, delay, now, task::refused);
      }
      case NoTier none ->
          Delay.of(
              task,
              backoff.next(Duration.ZERO, 1, routeHealth.holdFor()),
              now,
              task::atStandardTier);
      case Rejected rejected ->
          deadLetter(task, rejected.code(), rejected.detail(), stats.of(task, rejected.reply()));
      case ReplyTooLarge large ->
          deadLetter(
              task,
              FailureCode.REPLY_TOO_LARGE,
              large.detail(),
              stats.of(task, null, large.latency()));
      case PromptTooLong tooLong ->
          deadLetter(
              task, FailureCode.CONTEXT_LENGTH_EXCEEDED, tooLong.detail(), stats.noCall(task));
      case RouteDown down when !routeHealth.outage() -> onlyThisTask(task, down, routeHealth, now);
      case RouteDown down ->
          Delay.of(
              task, backoff.next(Duration.ZERO, 1, routeHealth.holdFor()), now, task::postponed);
      case Abandoned abandoned ->
          new Finish(
              OutcomeMessage.cancelled(
                  task.ids(), stats.of(task, null, abandoned.latency()), task.body()));
      case Expired expired when task.ids().isReplay() ->
          new DeadLetter(
              FailureCode.DEADLINE_EXCEEDED,
              OutcomeMessage.expired(task.ids(), stats.noCall(task), task.body()));
      case Expired expired ->
          new Finish(OutcomeMessage.expired(task.ids(), stats.noCall(task), task.body()));
      case Cancelled cancelled ->
          new Finish(OutcomeMessage.cancelled(task.ids(), stats.noCall(task), task.body()));
    };
  }

  /** Others succeed with the same key: the request is the cause, so its attempts count. */
  private Settlement onlyThisTask(
      TaskMessage task, RouteDown down, RouteHealth routeHealth, Instant now) {
    return task.attempt() < maxAttempts
        ? Delay.of(
            task, backoff.next(null, task.attempt(), routeHealth.holdFor()), now, task::nextAttempt)
        : deadLetter(
            task,
            FailureCode.ATTEMPTS_EXHAUSTED,
            down.reply().body().text(),
            stats.of(task, down.reply()));
  }

  /**
   * A provider may ask to wait for a day; the hold may end much earlier, by a probe or manually.
   */
  private static @Nullable Duration capped(@Nullable Duration retryAfter) {
    return retryAfter == null || retryAfter.compareTo(MAX_THROTTLE_DELAY) <= 0
        ? retryAfter
        : MAX_THROTTLE_DELAY;
  }

  private static Duration longest(@Nullable Duration one, Duration other) {
    return one == null || one.compareTo(other) < 0 ? other : one;
  }

  private Duration retryDelay(TaskMessage task, Unavailable failed, RouteHealth routeHealth) {
    return backoff.next(failed.retryAfter(), task.attempt(), routeHealth.holdFor());
  }

  private static DeadLetter deadLetter(
      TaskMessage task, FailureCode code, String detail, CallStats stats) {
    return new DeadLetter(
        code, OutcomeMessage.failed(task.ids(), new Failure(code, detail), stats, task.body()));
  }
}
