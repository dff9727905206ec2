package dev.sluice.worker.consume;

import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.check.AnswerChecker;
import dev.sluice.worker.check.ReAskRequest;
import dev.sluice.worker.classify.OutcomeClassifier;
import dev.sluice.worker.classify.ReplyDescription;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.fleet.FleetClock;
import dev.sluice.worker.fleet.SuspendedBatches;
import dev.sluice.worker.fleet.Suspension;
import dev.sluice.worker.guard.ContextCheck;
import dev.sluice.worker.guard.ContextGuard;
import dev.sluice.worker.limit.Admission;
import dev.sluice.worker.limit.CallFeedback;
import dev.sluice.worker.limit.CallOrigin;
import dev.sluice.worker.limit.EstimatedUsage;
import dev.sluice.worker.limit.Permit;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.RouteHealth;
import dev.sluice.worker.limit.TokenEstimator;
import dev.sluice.worker.live.LiveCaller;
import dev.sluice.worker.provider.ProviderClient;
import dev.sluice.worker.provider.Reply;
import dev.sluice.worker.settle.Settlement;
import dev.sluice.worker.settle.SettlementPolicy;
import dev.sluice.worker.telemetry.WorkerMetrics;
import dev.sluice.worker.telemetry.trace.CallSpan;
import dev.sluice.worker.telemetry.trace.RouteTraces;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Processes one task up to its settlement: context guard, rate limit, call, classify, decide. */
final class TaskRunner {
  private static final Logger log = LoggerFactory.getLogger(TaskRunner.class);

  /** A task that is due in more than this time is delayed again. */
  private static final Duration EARLY_TOLERANCE = Duration.ofMillis(250);

  /**
   * The maximum time that a task waits for its permit. The broker requires an acknowledgement
   * within its {@code consumer_timeout} of 30 minutes; else it closes the channel and redelivers
   * the task. The sum is below that: 30 seconds for memory ({@link TaskMemory}), 5 minutes as a
   * copy ({@link TaskDeduplicator}), 10 minutes here, and 14 minutes for the call.
   */
  private static final Duration PERMIT_TIMEOUT = Duration.ofMinutes(10);

  /**
   * Producers poll for client disconnects every 200 ms. A live task younger than this needs no
   * presence query.
   */
  private static final Duration CALLER_CHECK_INTERVAL = Duration.ofMillis(200);

  private final SuspendedBatches suspendedBatches;
  private final ContextGuard guard;
  private final RateLimiter limiter;
  private final TokenEstimator estimator;
  private final ProviderClient provider;
  private final OutcomeClassifier classifier;
  private final AnswerChecker answerChecker;
  private final CallFeedbackMapper feedbackMapper;
  private final SettlementPolicy policy;
  private final WorkerMetrics metrics;
  private final RouteTraces traces;
  private final ContentLog contentLog;
  private final FleetClock clock;

  TaskRunner(
      SuspendedBatches suspendedBatches,
      ContextGuard guard,
      RateLimiter limiter,
      TokenEstimator estimator,
      ProviderClient provider,
      OutcomeClassifier classifier,
      AnswerChecker answerChecker,
      CallFeedbackMapper feedbackMapper,
      SettlementPolicy policy,
      WorkerMetrics metrics,
      RouteTraces traces,
      ContentLog contentLog,
      FleetClock clock) {
    this.suspendedBatches = suspendedBatches;
    this.guard = guard;
    this.limiter = limiter;
    this.estimator = estimator;
    this.provider = provider;
    this.classifier = classifier;
    this.answerChecker = answerChecker;
    this.feedbackMapper = feedbackMapper;
    this.policy = policy;
    this.metrics = metrics;
    this.traces = traces;
    this.contentLog = contentLog;
    this.clock = clock;
  }

  /**
   * Processes a task up to the decision on its settlement.
   *
   * @param caller the caller that waits for the task, or {@link LiveCaller#none}
   * @param redelivered whether the broker delivers the task again. Its worker may have died during
   *     the reply, so the caller's presence is queried before the wait for a permit, as after a
   *     delay.
   */
  Settlement run(TaskMessage task, LiveCaller caller, boolean redelivered)
      throws InterruptedException {
    Instant now = clock.instant();
    Settlement rejection = rejectBeforeCall(task, caller, now);
    if (rejection != null) {
      return rejection;
    }
    Instant notBefore = task.notBefore();
    if (notBefore != null && notBefore.isAfter(now.plus(EARLY_TOLERANCE))) {
      return clock.isReliable()
          ? policy.tooEarly(task, notBefore, now)
          : policy.withUnknownTime(task);
    }
    Settlement callerGone =
        redelivered || notBefore != null ? rejectIfCallerGone(task, caller) : null;
    if (callerGone != null) {
      return callerGone;
    }
    return switch (guard.check(ReAskRequest.of(task))) {
      case ContextCheck.Fits fits -> acquirePermit(task, caller, fits.request(), fits.estimate());
      case ContextCheck.Trimmed trimmed ->
          acquirePermit(task, caller, trimmed.request(), trimmed.estimate());
      case ContextCheck.TooLong tooLong ->
          settle(
              task, new TaskOutcome.PromptTooLong(tooLong.detail()), caller, RouteHealth.HEALTHY);
    };
  }

  /** The settlement of a task that must not be called now; null if it may be called. */
  private @Nullable Settlement rejectBeforeCall(TaskMessage task, LiveCaller caller, Instant now) {
    if (isGone(caller)) {
      return new Settlement.Discard();
    }
    if (task.isExpired(now)) {
      return clock.isReliable()
          ? settle(task, new TaskOutcome.Expired(), caller, RouteHealth.HEALTHY)
          : policy.withUnknownTime(task);
    }
    return switch (suspendedBatches.of(task.ids())) {
      case NONE -> null;
      case PAUSED -> policy.paused(task, now);
      case CANCELLED -> settle(task, new TaskOutcome.Cancelled(), caller, RouteHealth.HEALTHY);
    };
  }

  /** The settlement of a task without a reachable caller; null if the caller still waits. */
  private @Nullable Settlement rejectIfCallerGone(TaskMessage task, LiveCaller caller)
      throws InterruptedException {
    return switch (caller.queryPresence()) {
      case WAITING -> null;
      case GONE -> new Settlement.Discard();
      case UNREACHABLE -> policy.callerUnreachable(task, clock.instant());
    };
  }

  /**
   * A task this fresh had a caller when it was sent. If the caller disconnects later, the producer
   * broadcasts it.
   */
  private boolean isFreshLiveTask(TaskMessage task) {
    Duration age = Duration.between(task.firstEnqueuedAt(), clock.instant());
    return task.notBefore() == null && age.abs().compareTo(CALLER_CHECK_INTERVAL) < 0;
  }

  /** Claims a task right before its call; returns a settlement if the call must not be made. */
  private @Nullable Settlement claimForCaller(TaskMessage task, LiveCaller caller)
      throws InterruptedException {
    if (isFreshLiveTask(task)) {
      caller.announceClaim();
      return null;
    }
    return rejectIfCallerGone(task, caller);
  }

  private boolean isWanted(TaskMessage task, LiveCaller caller) {
    return !isGone(caller)
        && !task.isExpired(clock.instant())
        && suspendedBatches.of(task.ids()) == Suspension.NONE;
  }

  private static boolean isGone(LiveCaller caller) {
    return caller.isPresent() && caller.cancelled().isDone();
  }

  private Settlement settle(
      TaskMessage task, TaskOutcome outcome, LiveCaller caller, RouteHealth routeHealth) {
    return caller.isPresent()
        ? policy.settleLive(task, outcome, caller.isStreaming(), routeHealth, clock.instant())
        : policy.settle(task, outcome, routeHealth, clock.instant());
  }

  /**
   * Waits for a permit, then makes the call.
   *
   * @param request the request to send, possibly trimmed; settlements use the task's own request
   * @param estimatedUsage null if the tokens are not estimated yet
   */
  private Settlement acquirePermit(
      TaskMessage task, LiveCaller caller, Payload request, @Nullable EstimatedUsage estimatedUsage)
      throws InterruptedException {
    long start = System.nanoTime();
    if (caller.isPresent()) {
      CompletableFuture<Void> unused = caller.cancelled().thenRun(limiter::recheck);
    }
    Admission admission =
        limiter.acquire(
            CallOrigin.of(task),
            task.ids().lane(),
            estimatedTokens(task, request, estimatedUsage),
            PERMIT_TIMEOUT,
            () -> isWanted(task, caller));
    metrics.permitWait(task.ids().lane(), Duration.ofNanos(System.nanoTime() - start));
    return switch (admission) {
      case Admission.Granted granted -> withPermit(task, caller, request, granted.permit());
      case Admission.TimedOut timedOut -> new Settlement.Requeue(task);
      case Admission.Withdrawn withdrawn -> run(task, caller, /* redelivered= */ false);
      case Admission.SourceHeld held -> policy.sourceHeld(task, held.remaining(), clock.instant());
      case Admission.ShuttingDown shuttingDown -> new Settlement.Requeue(task);
    };
  }

  private EstimatedUsage estimatedTokens(
      TaskMessage task, Payload request, @Nullable EstimatedUsage estimatedUsage) {
    if (estimatedUsage != null) {
      return estimatedUsage;
    }
    return limiter.limitsTokens()
        ? estimator.estimate(task.ids().endpoint(), request)
        : EstimatedUsage.NONE;
  }

  private Settlement withPermit(TaskMessage task, LiveCaller caller, Payload request, Permit permit)
      throws InterruptedException {
    TaskOutcome outcome;
    CallFeedback feedback = new CallFeedback.NotSent();
    RouteHealth routeHealth;
    try {
      Settlement callerGone = claimForCaller(task, caller);
      if (callerGone != null) {
        return callerGone;
      }
      Settlement rejection = rejectBeforeCall(task, caller, clock.instant());
      if (rejection != null) {
        return rejection;
      }
      feedback = new CallFeedback.Failed("internal error in the worker", true);
      try (CallSpan span = traces.startCall(task)) {
        Reply reply = call(span.withTraceContext(task.withBody(request)), caller);
        outcome = classifier.classify(reply, request);
        logUnusableReply(outcome);
        span.ended(reply, outcome);
        feedback = feedbackMapper.of(reply, outcome);
      }
    } finally {
      routeHealth = permit.end(feedback); // always: other waiters need the permit
    }
    if (outcome instanceof Completed completed) {
      metrics.tokens(
          task.ids().endpoint(),
          completed.usage().promptTokens(),
          completed.usage().completionTokens());
      outcome = caller.isPresent() ? completed : answerChecker.check(task, completed);
    }
    return settle(task, outcome, caller, routeHealth);
  }

  /** Without the body, which may quote the prompt. The history of the task has only the status. */
  private static void logUnusableReply(TaskOutcome outcome) {
    Reply.Answered answer =
        outcome instanceof TaskOutcome.Unavailable failed ? failed.reply() : null;
    if (answer != null && answer.status() / 100 == 2) {
      log.warn("The provider's reply is not usable: {}", ReplyDescription.withoutBody(answer));
    }
  }

  private Reply call(TaskMessage task, LiveCaller caller) {
    metrics.callStarted();
    Reply reply = caller.isPresent() ? provider.send(task, caller) : provider.send(task);
    metrics.callEnded(task.ids().endpoint(), reply.result(), reply.latency());
    contentLog.logCall(task.body(), reply);
    if (reply instanceof Reply.NotConnected none) {
      log.warn("Cannot reach the provider: {}", none.reason());
    }
    return reply;
  }
}
