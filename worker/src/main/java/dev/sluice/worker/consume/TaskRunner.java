package dev.sluice.worker.consume;

import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.check.AnswerChecker;
import dev.sluice.worker.check.ReAskRequest;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.guard.ContextCheck;
import dev.sluice.worker.guard.ContextGuard;
import dev.sluice.worker.limit.Admission;
import dev.sluice.worker.limit.CallFeedback;
import dev.sluice.worker.limit.CallOrigin;
import dev.sluice.worker.limit.EstimatedUsage;
import dev.sluice.worker.limit.Permit;
import dev.sluice.worker.limit.RouteHealth;
import dev.sluice.worker.limit.TokenEstimator;
import dev.sluice.worker.settle.Settlement;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Processes one task up to its settlement.
 *
 * <pre>
 *   PreCallChecks     may it be called now?             else settle
 *   ContextGuard      does the prompt fit?              else settle
 *   RateLimiter       wait for a permit                 withdrawn: start again
 *   PreCallChecks     may it still be called?           else settle
 *   RouteTiers        which service tier?
 *   CallExecutor      call, and end the permit
 *   AnswerChecker     do the answers fit the schema?
 *   SettlementPolicy  decide
 * </pre>
 */
final class TaskRunner {
  private final RouteContext route;
  private final PreCallChecks checks;
  private final ContextGuard guard;
  private final TokenEstimator estimator;
  private final CallExecutor executor;
  private final AnswerChecker answerChecker;
  private final Clock clock;

  TaskRunner(
      RouteContext route,
      PreCallChecks checks,
      ContextGuard guard,
      TokenEstimator estimator,
      CallExecutor executor,
      AnswerChecker answerChecker,
      Clock clock) {
    this.route = route;
    this.checks = checks;
    this.guard = guard;
    this.estimator = estimator;
    this.executor = executor;
    this.answerChecker = answerChecker;
    this.clock = clock;
  }

  /** Processes a task up to the decision on its settlement. */
  Settlement run(ReceivedTask task) throws InterruptedException {
    Optional<Settlement> settlement = tryRun(task);
    while (settlement.isEmpty()) { // the checks find the reason of the withdrawal, if it persists
      settlement = tryRun(task);
    }
    return settlement.get();
  }

  /** The settlement; empty if the task was withdrawn while it waited for its permit. */
  private Optional<Settlement> tryRun(ReceivedTask task) throws InterruptedException {
    Optional<Settlement> rejection = checks.beforePermit(task);
    if (rejection.isPresent()) {
      return rejection;
    }
    return switch (guard.check(ReAskRequest.of(task.message()))) {
      case ContextCheck.TooLong tooLong ->
          Optional.of(
              settle(task, new TaskOutcome.PromptTooLong(tooLong.detail()), RouteHealth.HEALTHY));
      case ContextCheck.Accepted accepted -> callWhenAdmitted(task, accepted);
    };
  }

  private Optional<Settlement> callWhenAdmitted(ReceivedTask task, ContextCheck.Accepted accepted)
      throws InterruptedException {
    TaskMessage message = task.message();
    ServiceTier tier = route.tiers().choose(message, clock.instant());
    return switch (acquirePermit(task, accepted, tier)) {
      case Admission.Granted granted ->
          Optional.of(call(task, accepted.request(), tier, granted.permit()));
      case Admission.Withdrawn withdrawn -> Optional.empty();
      case Admission.SourceHeld held ->
          Optional.of(route.policy().sourceHeld(message, held.remaining(), clock.instant()));
      case Admission.TimedOut timedOut -> Optional.of(new Settlement.Requeue(message));
      case Admission.ShuttingDown shuttingDown -> Optional.of(new Settlement.Requeue(message));
    };
  }

  private Admission acquirePermit(
      ReceivedTask task, ContextCheck.Accepted accepted, ServiceTier tier)
      throws InterruptedException {
    long start = System.nanoTime();
    if (task.caller().isPresent()) {
      CompletableFuture<Void> unused = task.caller().cancelled().thenRun(route.limiter()::recheck);
    }
    TaskMessage message = task.message();
    Admission admission =
        route
            .limiter()
            .acquire(
                CallOrigin.of(message),
                message.ids().lane(),
                () -> estimatedUsage(message, accepted),
                TaskTimes.permitTimeout(route.settings().provider().callTimeout(tier)),
                () -> checks.isWanted(task));
    route.metrics().permitWait(message.ids().lane(), Duration.ofNanos(System.nanoTime() - start));
    return admission;
  }

  private EstimatedUsage estimatedUsage(TaskMessage task, ContextCheck.Accepted accepted) {
    EstimatedUsage estimate = accepted.estimate();
    return estimate == null
        ? estimator.estimate(task.ids().endpoint(), accepted.request())
        : estimate;
  }

  /**
   * Calls the provider with the permit, unless the task must not be called any more.
   *
   * @param request the request to send; settlements use the task's own request
   * @param tier the tier that was chosen before the wait for the permit, which limits the call's
   *     duration; another task may have shown since then that the model does not have it
   */
  private Settlement call(ReceivedTask task, Payload request, ServiceTier tier, Permit permit)
      throws InterruptedException {
    TaskOutcome outcome;
    CallFeedback feedback = new CallFeedback.NotSent();
    RouteHealth routeHealth;
    try {
      Optional<Settlement> rejection = checks.withPermit(task);
      if (rejection.isPresent()) {
        return rejection.get();
      }
      feedback = new CallFeedback.Failed("internal error in the worker", true);
      CallExecutor.Result result = executor.send(task, request, currentTier(task, tier));
      outcome = result.outcome();
      feedback = result.feedback();
    } finally {
      routeHealth = permit.end(feedback); // always: other waiters need the permit
    }
    return settle(task, withCheckedAnswers(task, outcome), routeHealth);
  }

  private ServiceTier currentTier(ReceivedTask task, ServiceTier tier) {
    return tier == ServiceTier.FLEX ? route.tiers().choose(task.message(), clock.instant()) : tier;
  }

  private TaskOutcome withCheckedAnswers(ReceivedTask task, TaskOutcome outcome) {
    return outcome instanceof Completed completed && !task.caller().isPresent()
        ? answerChecker.check(task.message(), completed)
        : outcome;
  }

  private Settlement settle(ReceivedTask task, TaskOutcome outcome, RouteHealth routeHealth) {
    return route
        .policy()
        .settle(task.message(), task.caller(), outcome, routeHealth, clock.instant());
  }
}
