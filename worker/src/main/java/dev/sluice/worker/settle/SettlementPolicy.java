package dev.sluice.worker.settle;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskReadResult.Malformed;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Abandoned;
import dev.sluice.worker.classify.TaskOutcome.Cancelled;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Expired;
import dev.sluice.worker.classify.TaskOutcome.Oversized;
import dev.sluice.worker.classify.TaskOutcome.Refused;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.TooLong;
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

/** Decides what is to be done about an outcome. Pure: it neither waits nor sends. */
public final class SettlementPolicy {
  private static final int LONGEST_REQUEST_ID = 256;

  /** Short, because a resumed batch waits as long for these. */
  private static final Duration WHILE_PAUSED = Duration.ofSeconds(5);

  /** As long as a caller may wait who says so. */
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  /** A producer that has lost the broker is back in about this time. */
  private static final Duration UNREACHABLE_DELAY = Duration.ofSeconds(1);

  private static final Duration MAX_UNREACHABLE_DELAY = Duration.ofSeconds(15);

  private final int maxAttempts;
  private final RetryBackoff times;
  private final String worker;
  private final AttemptRecorder notes;

  /**
   * @param worker the name under which this worker signs outcomes
   */
  public SettlementPolicy(RouteSettings route, RandomGenerator random, String worker) {
    this.maxAttempts = route.maxAttempts();
    this.times = new RetryBackoff(route.backoff(), random);
    this.worker = worker;
    this.notes = new AttemptRecorder(worker);
  }

  /**
   * What is to be done.
   *
   * @param before the task as it was taken
   * @param routeHealth what the call's end says of the route
   */
  public Settlement settle(
      TaskMessage before, TaskOutcome outcome, RouteHealth routeHealth, Instant now) {
    TaskMessage task = notes.of(outcome, now).map(before::withAttempt).orElse(before);
    return switch (outcome) {
      case Completed done ->
          new Finish(OutcomeMessage.completed(task.ids(), facts(task, done), done.reply().body()));
      case Throttled throttled -> {
        Duration time =
            times.next(throttled.retryAfter(), task.throttles() + 1, routeHealth.holdFor());
        yield delay(task, time, now, task::throttled);
      }
      case Unavailable failed when routeHealth.outage() ->
          delay(task, after(task, failed, routeHealth), now, task::postponed);
      case Unavailable failed when task.attempt() < maxAttempts ->
          delay(task, after(task, failed, routeHealth), now, task::nextAttempt);
      case Unavailable failed ->
          deadLetter(task, FailureCode.ATTEMPTS_EXHAUSTED, failed.detail(), facts(task, failed));
      case Refused refused ->
          deadLetter(
              task, refused.code(), refused.reply().body().text(), facts(task, refused.reply()));
      case Oversized large ->
          deadLetter(
              task, FailureCode.REPLY_TOO_LARGE, large.detail(), facts(task, null, large.took()));
      case TooLong tooLong ->
          deadLetter(task, FailureCode.CONTEXT_LENGTH_EXCEEDED, tooLong.detail(), noCall(task));
      case RouteDown down ->
          delay(task, times.next(Duration.ZERO, 1, routeHealth.holdFor()), now, task::postponed);
      case Abandoned abandoned ->
          new Finish(
              OutcomeMessage.cancelled(
                  task.ids(), facts(task, null, abandoned.took()), task.body()));
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
   * What is to be done where somebody waits for the reply. He gets the provider's answer as it is,
   * or a failure; only what may still succeed for him is delayed.
   *
   * @param begun whether he has a part of the reply already
   */
  public Settlement settleLive(
      TaskMessage task, TaskOutcome outcome, boolean begun, RouteHealth routeHealth, Instant now) {
    return switch (outcome) {
      case Completed done ->
          new Reply(
              begun
                  ? new LiveReply.EndOfStream(facts(task, done))
                  : new LiveReply.Complete(done.reply(), facts(task, done)));
      case Refused refused -> whole(task, refused.reply());
      case RouteDown down -> whole(task, down.reply());
      case Unavailable failed when begun ->
          failed(FailureCode.STREAM_BROKEN, failed.detail(), facts(task, failed));
      case Unavailable failed ->
          switch (settle(task, outcome, routeHealth, now)) {
            case Delay delay -> delay;
            default ->
                failed.reply() == null
                    ? failed(FailureCode.ATTEMPTS_EXHAUSTED, failed.detail(), facts(task, failed))
                    : whole(task, failed.reply());
          };
      case Throttled throttled -> settle(task, outcome, routeHealth, now);
      case Oversized large ->
          failed(FailureCode.REPLY_TOO_LARGE, large.detail(), facts(task, null, large.took()));
      case TooLong tooLong ->
          failed(FailureCode.CONTEXT_LENGTH_EXCEEDED, tooLong.detail(), noCall(task));
      case Abandoned abandoned -> new Discard();
      case Cancelled cancelled -> new Discard();
      case Expired expired ->
          failed(FailureCode.DEADLINE_EXCEEDED, "The caller's time was over.", noCall(task));
    };
  }

  private Reply whole(TaskMessage task, Answered reply) {
    return new Reply(new LiveReply.Complete(reply, facts(task, reply)));
  }

  private static Reply failed(FailureCode code, String detail, CallStats facts) {
    return new Reply(new LiveReply.Failed(new Failure(code, detail), facts));
  }

  /** A message that is no task goes to the desk as it came. */
  public Settlement malformed(Malformed message) {
    return new DeadLetter(
        FailureCode.MALFORMED_TASK,
        OutcomeMessage.failed(
            message.ids(),
            new Failure(FailureCode.MALFORMED_TASK, message.reason()),
            CallStats.none(0, 0, worker),
            message.body()));
  }

  /** A task that came before its time waits for the rest of it. */
  public Settlement tooEarly(TaskMessage task, Instant notBefore, Instant now) {
    return new Delay(task, untilDeadline(task, Duration.between(now, notBefore), now));
  }

  /** A task of a paused batch comes back now and then, to look whether it is resumed. */
  public Settlement paused(TaskMessage task, Instant now) {
    return delay(task, WHILE_PAUSED, now, task::postponed);
  }

  /**
   * A task whose caller is not heard comes back to ask for him, the later the longer it has waited.
   * It is dropped when no caller waits for so long.
   */
  public Settlement callerUnreachable(TaskMessage task, Instant now) {
    Duration age = Duration.between(task.firstEnqueuedAt(), now);
    if (age.compareTo(LONGEST_WAIT) > 0) {
      return new Discard();
    }
    long millis =
        Math.clamp(
            age.toMillis() / 8, UNREACHABLE_DELAY.toMillis(), MAX_UNREACHABLE_DELAY.toMillis());
    return delay(task, Duration.ofMillis(millis), now, task::postponed);
  }

  /** A task that would come back after its deadline comes back at it, to end as expired. */
  private static Duration untilDeadline(TaskMessage task, Duration time, Instant now) {
    Instant deadline = task.deadline();
    if (deadline == null) {
      return time;
    }
    Duration left = Duration.between(now, deadline);
    return left.compareTo(time) < 0 ? left : time;
  }

  private Duration after(TaskMessage task, Unavailable failed, RouteHealth routeHealth) {
    return times.next(failed.retryAfter(), task.attempt(), routeHealth.holdFor());
  }

  private static Delay delay(
      TaskMessage task, Duration time, Instant now, Function<Instant, TaskMessage> later) {
    Duration bounded = untilDeadline(task, time, now);
    return new Delay(later.apply(now.plus(bounded)), bounded);
  }

  private static DeadLetter deadLetter(
      TaskMessage task, FailureCode code, String detail, CallStats facts) {
    return new DeadLetter(
        code, OutcomeMessage.failed(task.ids(), new Failure(code, detail), facts, task.body()));
  }

  /** All headers together have to fit into one AMQP frame. */
  private static String cut(String requestId) {
    return requestId.length() <= LONGEST_REQUEST_ID
        ? requestId
        : requestId.substring(0, LONGEST_REQUEST_ID);
  }

  private CallStats noCall(TaskMessage task) {
    return CallStats.none(task.attempt() - 1, task.throttles(), worker, task.history());
  }

  private CallStats facts(TaskMessage task, Unavailable failed) {
    return facts(task, failed.reply(), failed.took());
  }

  private CallStats facts(TaskMessage task, Answered reply) {
    return facts(task, reply, reply.took());
  }

  private CallStats facts(TaskMessage task, Completed done) {
    return facts(task, done.reply(), done.usage(), done.reply().took());
  }

  private CallStats facts(TaskMessage task, @Nullable Answered reply, Duration took) {
    return facts(task, reply, reply == null ? TokenUsage.NONE : TokenUsage.of(reply), took);
  }

  private CallStats facts(
      TaskMessage task, @Nullable Answered reply, TokenUsage usage, Duration took) {
    return new CallStats(
        task.attempt(),
        task.throttles(),
        reply == null ? null : reply.status(),
        reply == null ? null : reply.requestId().map(SettlementPolicy::cut).orElse(null),
        usage.promptTokens(),
        usage.completionTokens(),
        took,
        worker,
        task.history());
  }
}
