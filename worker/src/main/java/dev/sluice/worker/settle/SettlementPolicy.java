package dev.sluice.worker.settle;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.InvalidAnswer;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskReadResult.Malformed;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Abandoned;
import dev.sluice.worker.classify.TaskOutcome.Cancelled;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Expired;
import dev.sluice.worker.classify.TaskOutcome.InvalidOutput;
import dev.sluice.worker.classify.TaskOutcome.NotReady;
import dev.sluice.worker.classify.TaskOutcome.PromptTooLong;
import dev.sluice.worker.classify.TaskOutcome.Rejected;
import dev.sluice.worker.classify.TaskOutcome.ReplyTooLarge;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
import dev.sluice.worker.classify.TokenUsage;
import dev.sluice.worker.limit.RouteHealth;
import dev.sluice.worker.live.LiveReply;
import dev.sluice.worker.provider.Reply.Answered;
import dev.sluice.worker.settle.Settlement.DeadLetter;
import dev.sluice.worker.settle.Settlement.Delay;
import dev.sluice.worker.settle.Settlement.Discard;
import dev.sluice.worker.settle.Settlement.Finish;
import dev.sluice.worker.settle.Settlement.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Decides the settlement of a task from its outcome; neither waits nor performs I/O. */
public final class SettlementPolicy {
  private static final int MAX_REQUEST_ID_LENGTH = 256;

  /** Short, because the tasks of a resumed batch wait up to this time. */
  private static final Duration PAUSED_DELAY = Duration.ofSeconds(5);

  private static final Duration UNKNOWN_TIME_DELAY = Duration.ofSeconds(2);

  /** The longest timeout that a caller can request. */
  private static final Duration MAX_CALLER_TIMEOUT = Duration.ofHours(1);

  /** A producer that has lost its broker connection reconnects in about this time. */
  private static final Duration UNREACHABLE_DELAY = Duration.ofSeconds(1);

  private static final Duration MAX_UNREACHABLE_DELAY = Duration.ofSeconds(15);

  /** A server that is not ready is called again as after this number of failures. */
  private static final int NOT_READY_FAILURES = 3;

  private static final String CUT_OFF =
      "The provider cut off the answer at the token limit of the request. Raise the limit, then replay the task.";

  private static final Duration MAX_THROTTLE_DELAY = Duration.ofMinutes(5);

  /** The hold may end earlier. */
  private static final Duration MAX_SOURCE_DELAY = Duration.ofMinutes(1);

  private static final Duration MAX_LIVE_SOURCE_DELAY = Duration.ofSeconds(1);

  private final int maxAttempts;
  private final RetryBackoff backoff;
  private final String worker;
  private final AttemptRecorder attempts;

  /**
   * @param worker the worker name in outcomes
   */
  public SettlementPolicy(RouteSettings route, RandomGenerator random, String worker) {
    this.maxAttempts = route.maxAttempts();
    this.backoff = new RetryBackoff(route.backoff(), random);
    this.worker = worker;
    this.attempts = new AttemptRecorder(worker);
  }

  /**
   * The settlement of a task without a live caller.
   *
   * @param received the task as received
   * @param routeHealth the state of the route after the call
   */
  public Settlement settle(
      TaskMessage received, TaskOutcome outcome, RouteHealth routeHealth, Instant now) {
    TaskMessage task = attempts.of(outcome, now).map(received::withAttempt).orElse(received);
    return ReAskPolicy.withAsks(task, outcome, settleWithoutAsks(task, outcome, routeHealth, now));
  }

  private Settlement settleWithoutAsks(
      TaskMessage task, TaskOutcome outcome, RouteHealth routeHealth, Instant now) {
    return switch (outcome) {
      case Completed done when done.cutOff() && task.failCutOff() ->
          deadLetter(task, FailureCode.CUT_OFF, CUT_OFF, stats(task, done));
      case Completed done ->
          new Finish(
              OutcomeMessage.completed(
                  task.ids(), stats(task, done), done.cutOff(), done.reply().body()));
      case InvalidOutput invalid when invalid.completed().cutOff() && task.failCutOff() ->
          deadLetter(task, FailureCode.CUT_OFF, CUT_OFF, stats(task, invalid.completed()));
      case InvalidOutput invalid ->
          ReAskPolicy.settle(task, invalid, stats(task, invalid.completed()));
      case Throttled throttled -> {
        Duration delay =
            backoff.next(
                capped(throttled.retryAfter()), task.throttles() + 1, routeHealth.holdFor());
        yield delay(task, delay, now, task::throttled);
      }
      case Unavailable failed when routeHealth.outage() ->
          delay(task, retryDelay(task, failed, routeHealth), now, task::postponed);
      case Unavailable failed when task.attempt() < maxAttempts ->
          delay(task, retryDelay(task, failed, routeHealth), now, task::nextAttempt);
      case Unavailable failed ->
          deadLetter(task, FailureCode.ATTEMPTS_EXHAUSTED, failed.detail(), stats(task, failed));
      case NotReady notReady -> {
        Duration delay =
            backoff.next(notReady.retryAfter(), NOT_READY_FAILURES, routeHealth.holdFor());
        yield delay(task, delay, now, task::postponed);
      }
      case Rejected rejected ->
          deadLetter(task, rejected.code(), rejected.detail(), stats(task, rejected.reply()));
      case ReplyTooLarge large ->
          deadLetter(
              task,
              FailureCode.REPLY_TOO_LARGE,
              large.detail(),
              stats(task, null, large.latency()));
      case PromptTooLong tooLong ->
          deadLetter(task, FailureCode.CONTEXT_LENGTH_EXCEEDED, tooLong.detail(), noCall(task));
      case RouteDown down when !routeHealth.outage() -> onlyThisTask(task, down, routeHealth, now);
      case RouteDown down ->
          delay(task, backoff.next(Duration.ZERO, 1, routeHealth.holdFor()), now, task::postponed);
      case Abandoned abandoned ->
          new Finish(
              OutcomeMessage.cancelled(
                  task.ids(), stats(task, null, abandoned.latency()), task.body()));
      case Expired expired when task.ids().run() > 1 ->
          new DeadLetter(
              FailureCode.DEADLINE_EXCEEDED,
              OutcomeMessage.expired(task.ids(), noCall(task), task.body()));
      case Expired expired ->
          new Finish(OutcomeMessage.expired(task.ids(), noCall(task), task.body()));
      case Cancelled cancelled ->
          new Finish(OutcomeMessage.cancelled(task.ids(), noCall(task), task.body()));
    };
  }

  /**
   * The settlement of a task with a live caller. The caller gets the provider's reply unchanged, or
   * a failure. Only a task that can still succeed for the caller is delayed.
   *
   * @param streaming whether the caller has received a chunk of the reply
   */
  public Settlement settleLive(
      TaskMessage task,
      TaskOutcome outcome,
      boolean streaming,
      RouteHealth routeHealth,
      Instant now) {
    return switch (outcome) {
      case Completed done ->
          new Reply(
              streaming
                  ? new LiveReply.StreamEnd(stats(task, done))
                  : new LiveReply.Complete(done.reply(), stats(task, done)));
      case InvalidOutput invalid ->
          settleLive(task, invalid.completed(), streaming, routeHealth, now);
      case Rejected rejected -> complete(task, rejected.reply());
      case RouteDown down -> complete(task, down.reply());
      case Unavailable failed when streaming ->
          failed(FailureCode.STREAM_BROKEN, failed.detail(), stats(task, failed));
      case Unavailable failed ->
          switch (settle(task, outcome, routeHealth, now)) {
            case Delay delay -> delay;
            // A client would follow a redirect with its Sluice key, or use an unusable reply
            default ->
                failed.reply() == null || failed.reply().status() < 400
                    ? failed(FailureCode.ATTEMPTS_EXHAUSTED, failed.detail(), stats(task, failed))
                    : complete(task, failed.reply());
          };
      case Throttled throttled -> settle(task, outcome, routeHealth, now);
      case NotReady notReady -> settle(task, outcome, routeHealth, now);
      case ReplyTooLarge large ->
          failed(FailureCode.REPLY_TOO_LARGE, large.detail(), stats(task, null, large.latency()));
      case PromptTooLong tooLong ->
          failed(FailureCode.CONTEXT_LENGTH_EXCEEDED, tooLong.detail(), noCall(task));
      case Abandoned abandoned -> new Discard();
      case Cancelled cancelled -> new Discard();
      case Expired expired ->
          failed(
              FailureCode.DEADLINE_EXCEEDED,
              "The caller's timeout expired before the call.",
              noCall(task));
    };
  }

  private Reply complete(TaskMessage task, Answered reply) {
    return new Reply(new LiveReply.Complete(reply, stats(task, reply)));
  }

  private static Reply failed(FailureCode code, String detail, CallStats stats) {
    return new Reply(new LiveReply.Failed(new Failure(code, detail), stats));
  }

  /** Others succeed with the same key: the request is the cause, so its attempts count. */
  private Settlement onlyThisTask(
      TaskMessage task, RouteDown down, RouteHealth routeHealth, Instant now) {
    return task.attempt() < maxAttempts
        ? delay(
            task, backoff.next(null, task.attempt(), routeHealth.holdFor()), now, task::nextAttempt)
        : deadLetter(
            task,
            FailureCode.ATTEMPTS_EXHAUSTED,
            down.reply().body().text(),
            stats(task, down.reply()));
  }

  /**
   * A provider may ask to wait for a day; the hold may end much earlier, by a probe or manually.
   */
  private static @Nullable Duration capped(@Nullable Duration retryAfter) {
    return retryAfter == null || retryAfter.compareTo(MAX_THROTTLE_DELAY) <= 0
        ? retryAfter
        : MAX_THROTTLE_DELAY;
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
    return new Delay(task, untilDeadline(task, Duration.between(now, notBefore), now));
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
    return delay(task, backoff.next(Duration.ZERO, 1, hold), now, task::postponed);
  }

  /** A task of a paused batch returns every 5 s, until the batch is resumed or cancelled. */
  public Settlement paused(TaskMessage task, Instant now) {
    return delay(task, PAUSED_DELAY, now, task::postponed);
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
    return delay(task, Duration.ofMillis(millis), now, task::postponed);
  }

  /** Limits a delay to the deadline, so that the task returns then and ends as expired. */
  private static Duration untilDeadline(TaskMessage task, Duration delay, Instant now) {
    Instant deadline = task.deadline();
    if (deadline == null) {
      return delay;
    }
    Duration remaining = Duration.between(now, deadline);
    return remaining.compareTo(delay) < 0 ? remaining : delay;
  }

  private Duration retryDelay(TaskMessage task, Unavailable failed, RouteHealth routeHealth) {
    return backoff.next(failed.retryAfter(), task.attempt(), routeHealth.holdFor());
  }

  private static Delay delay(
      TaskMessage task, Duration delay, Instant now, Function<Instant, TaskMessage> withNotBefore) {
    Duration limited = untilDeadline(task, delay, now);
    return new Delay(withNotBefore.apply(now.plus(limited)), limited);
  }

  private static DeadLetter deadLetter(
      TaskMessage task, FailureCode code, String detail, CallStats stats) {
    return new DeadLetter(
        code, OutcomeMessage.failed(task.ids(), new Failure(code, detail), stats, task.body()));
  }

  /** All headers together must fit into one AMQP frame. */
  private static String truncate(String requestId) {
    return requestId.length() <= MAX_REQUEST_ID_LENGTH
        ? requestId
        : requestId.substring(0, MAX_REQUEST_ID_LENGTH);
  }

  private CallStats noCall(TaskMessage task) {
    InvalidAnswer asked = task.check().last();
    return new CallStats(
        task.attempt() - 1,
        task.throttles(),
        null,
        null,
        asked.promptTokens(),
        asked.completionTokens(),
        Duration.ZERO,
        worker,
        task.history());
  }

  private CallStats stats(TaskMessage task, Unavailable failed) {
    return stats(task, failed.reply(), failed.latency());
  }

  private CallStats stats(TaskMessage task, Answered reply) {
    return stats(task, reply, reply.latency());
  }

  private CallStats stats(TaskMessage task, Completed done) {
    return stats(task, done.reply(), done.usage(), done.reply().latency());
  }

  private CallStats stats(TaskMessage task, @Nullable Answered reply, Duration latency) {
    return stats(task, reply, reply == null ? TokenUsage.NONE : TokenUsage.of(reply), latency);
  }

  private CallStats stats(
      TaskMessage task, @Nullable Answered reply, TokenUsage usage, Duration latency) {
    return new CallStats(
        task.attempt(),
        task.throttles(),
        reply == null ? null : reply.status(),
        reply == null ? null : reply.requestId().map(SettlementPolicy::truncate).orElse(null),
        usage.promptTokens() + task.check().last().promptTokens(),
        usage.completionTokens() + task.check().last().completionTokens(),
        latency,
        worker,
        task.history());
  }
}
