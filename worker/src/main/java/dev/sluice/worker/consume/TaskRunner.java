package dev.sluice.worker.consume;

import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.classify.OutcomeClassifier;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.fleet.SuspendedBatches;
import dev.sluice.worker.fleet.Suspension;
import dev.sluice.worker.guard.ContextCheck;
import dev.sluice.worker.guard.ContextGuard;
import dev.sluice.worker.limit.Admission;
import dev.sluice.worker.limit.CallFeedback;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Walks one task from the queue to its settlement: guard, limit, call, classify, decide. */
final class TaskRunner {
  private static final Logger log = LoggerFactory.getLogger(TaskRunner.class);

  /** A task that comes earlier than this before its time waits again. */
  private static final Duration EARLY_TOLERANCE = Duration.ofMillis(250);

  /**
   * How long a task waits in a worker at most. A broker takes a message back that is not
   * acknowledged within its consumer_timeout, 30 minutes, and closes the channel: so a task goes
   * back to its queue long before, and the call that may follow, of 14 minutes at most, still ends
   * in time. A copy may have waited five minutes before (TaskDeduplicator).
   */
  private static final Duration PERMIT_TIMEOUT = Duration.ofMinutes(10);

  /** As often as a producer looks whether its callers are there. */
  private static final Duration CALLER_CHECK_INTERVAL = Duration.ofMillis(200);

  private final SuspendedBatches halted;
  private final ContextGuard guard;
  private final RateLimiter limiter;
  private final TokenEstimator estimator;
  private final ProviderClient provider;
  private final OutcomeClassifier classifier;
  private final CallFeedbackMapper ends;
  private final SettlementPolicy policy;
  private final WorkerMetrics metrics;
  private final RouteTraces traces;
  private final ContentLog content;
  private final Clock clock;

  TaskRunner(
      SuspendedBatches halted,
      ContextGuard guard,
      RateLimiter limiter,
      TokenEstimator estimator,
      ProviderClient provider,
      OutcomeClassifier classifier,
      CallFeedbackMapper ends,
      SettlementPolicy policy,
      WorkerMetrics metrics,
      RouteTraces traces,
      ContentLog content,
      Clock clock) {
    this.halted = halted;
    this.guard = guard;
    this.limiter = limiter;
    this.estimator = estimator;
    this.provider = provider;
    this.classifier = classifier;
    this.ends = ends;
    this.policy = policy;
    this.metrics = metrics;
    this.traces = traces;
    this.content = content;
    this.clock = clock;
  }

  /**
   * @param caller who waits for the task
   * @param again whether the broker brings it once more: its worker may have died while it
   *     streamed. As after a delay, its caller is asked before it waits for a permit.
   */
  Settlement run(TaskMessage task, LiveCaller caller, boolean again) throws InterruptedException {
    Instant now = clock.instant();
    Settlement uncalled = rejectBeforeCall(task, caller, now);
    if (uncalled != null) {
      return uncalled;
    }
    Instant notBefore = task.notBefore();
    if (notBefore != null && notBefore.isAfter(now.plus(EARLY_TOLERANCE))) {
      return policy.tooEarly(task, notBefore, now);
    }
    Settlement unwaited = again || notBefore != null ? rejectIfCallerGone(task, caller) : null;
    if (unwaited != null) {
      return unwaited;
    }
    return switch (guard.check(task)) {
      case ContextCheck.Fits fits -> acquirePermit(task, caller, fits.request(), fits.estimate());
      case ContextCheck.Trimmed trimmed ->
          acquirePermit(task, caller, trimmed.request(), trimmed.estimate());
      case ContextCheck.TooLong tooLong ->
          settle(task, new TaskOutcome.TooLong(tooLong.detail()), caller, RouteHealth.HEALTHY);
    };
  }

  /** What is done with a task that nobody wants to be called now; null for any other. */
  private @Nullable Settlement rejectBeforeCall(TaskMessage task, LiveCaller caller, Instant now) {
    if (hasGone(caller)) {
      return new Settlement.Discard();
    }
    if (task.isExpired(now)) {
      return settle(task, new TaskOutcome.Expired(), caller, RouteHealth.HEALTHY);
    }
    return switch (halted.of(task.ids())) {
      case NONE -> null;
      case PAUSED -> policy.paused(task, now);
      case CANCELLED -> settle(task, new TaskOutcome.Cancelled(), caller, RouteHealth.HEALTHY);
    };
  }

  /** What is done with a task for which nobody is known to wait; null where somebody does. */
  private @Nullable Settlement rejectIfCallerGone(TaskMessage task, LiveCaller caller)
      throws InterruptedException {
    return switch (caller.queryPresence()) {
      case WAITING -> null;
      case GONE -> new Settlement.Discard();
      case UNREACHABLE -> policy.callerUnreachable(task, clock.instant());
    };
  }

  /** A moment ago its caller was there: if he goes now that is said to all workers. */
  private boolean isFreshLiveTask(TaskMessage task) {
    Duration age = Duration.between(task.firstEnqueuedAt(), clock.instant());
    return task.notBefore() == null && age.abs().compareTo(CALLER_CHECK_INTERVAL) < 0;
  }

  /** Takes a task for its caller; what is done instead of the call, or null. */
  private @Nullable Settlement claimForCaller(TaskMessage task, LiveCaller caller)
      throws InterruptedException {
    if (isFreshLiveTask(task)) {
      caller.announceClaim();
      return null;
    }
    return rejectIfCallerGone(task, caller);
  }

  private boolean isWanted(TaskMessage task, LiveCaller caller) {
    return !hasGone(caller)
        && !task.isExpired(clock.instant())
        && halted.of(task.ids()) == Suspension.NONE;
  }

  private static boolean hasGone(LiveCaller caller) {
    return caller.isPresent() && caller.abandoned().isDone();
  }

  private Settlement settle(
      TaskMessage task, TaskOutcome outcome, LiveCaller caller, RouteHealth routeHealth) {
    return caller.isPresent()
        ? policy.settleLive(task, outcome, caller.hasBegun(), routeHealth, clock.instant())
        : policy.settle(task, outcome, routeHealth, clock.instant());
  }

  /**
   * @param request what is sent of the task; what is settled is the task as it came
   * @param estimatedUsage null where nobody has counted yet
   */
  private Settlement acquirePermit(
      TaskMessage task, LiveCaller caller, Payload request, @Nullable EstimatedUsage estimatedUsage)
      throws InterruptedException {
    long start = System.nanoTime();
    if (caller.isPresent()) {
      CompletableFuture<Void> unused = caller.abandoned().thenRun(limiter::recheck);
    }
    Admission admission =
        limiter.acquire(
            task.ids().taskId(),
            task.ids().lane(),
            tokens(task, request, estimatedUsage),
            PERMIT_TIMEOUT,
            () -> isWanted(task, caller));
    metrics.waitedForPermit(task.ids().lane(), Duration.ofNanos(System.nanoTime() - start));
    return switch (admission) {
      case Admission.Granted granted -> withPermit(task, caller, request, granted.permit());
      case Admission.TimedOut timedOut -> new Settlement.Requeue(task);
      case Admission.Withdrawn withdrawn -> run(task, caller, /* again= */ false);
      case Admission.ShuttingDown shuttingDown -> new Settlement.Requeue(task);
    };
  }

  private EstimatedUsage tokens(
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
    CallFeedback end = new CallFeedback.NotSent();
    RouteHealth routeHealth;
    try {
      Settlement unwaited = claimForCaller(task, caller);
      if (unwaited != null) {
        return unwaited;
      }
      Settlement uncalled = rejectBeforeCall(task, caller, clock.instant());
      if (uncalled != null) {
        return uncalled;
      }
      end = new CallFeedback.Failed("the worker met a bug", true);
      try (CallSpan span = traces.calling(task)) {
        Reply reply = call(span.mark(task.withBody(request)), caller);
        outcome = classifier.classify(reply);
        span.ended(reply, outcome);
        end = ends.of(reply, outcome, clock.instant());
      }
    } finally {
      routeHealth = permit.end(end); // whatever happens: others wait for it
    }
    if (outcome instanceof Completed done) {
      metrics.tokens(
          task.ids().endpoint(), done.usage().promptTokens(), done.usage().completionTokens());
    }
    return settle(task, outcome, caller, routeHealth);
  }

  private Reply call(TaskMessage task, LiveCaller caller) {
    metrics.callStarted();
    Reply reply = caller.isPresent() ? provider.send(task, caller) : provider.send(task);
    metrics.callEnded(task.ids().endpoint(), reply.result(), reply.took());
    content.called(task.body(), reply);
    if (reply instanceof Reply.NotConnected none) {
      log.warn("The provider is not reached: {}", none.reason());
    }
    return reply;
  }
}
