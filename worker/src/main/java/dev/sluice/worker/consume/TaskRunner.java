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
import dev.sluice.worker.limit.MemberSelection;
import dev.sluice.worker.limit.Permit;
import dev.sluice.worker.limit.RouteHealth;
import dev.sluice.worker.limit.TokenEstimator;
import dev.sluice.worker.settle.Settlement;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Processes one task up to its settlement.
 *
 * <pre>
 *   PreCallChecks     may its project have a task?      else settle
 *   PreCallChecks     may it be called now?             else settle
 *   ContextGuard      does the prompt fit?              else settle
 *   RateLimiter       wait for a permit                 withdrawn: start again
 *   PreCallChecks     may it still be called?           else settle
 *   RouteTiers        which service tier?
 *   CallExecutor      call, and end the permit          refused: start again at another member
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
    try (ProjectTasks.Entry entry = route.projectTasks().enter(task.message())) {
      Optional<Settlement> rejection = checks.onArrival(task, entry);
      return rejection.isPresent() ? rejection.get() : process(task);
    }
  }

  private Settlement process(ReceivedTask task) throws InterruptedException {
    boolean isBound = route.members().size() > 1 && AccountBound.isBound(task.message());
    MemberSelection selection =
        isBound ? new MemberSelection(/* firstAccount= */ true, Set.of()) : MemberSelection.ANY;
    ServiceTier tier = route.tiers().choose(task.message(), clock.instant());
    Duration callTimeout = route.settings().firstProvider().callTimeout(tier);
    MemberSearch search =
        MemberSearch.of(task, tier, selection, TaskTimes.permitTimeout(callTimeout));
    while (true) { // the checks find the reason of a withdrawal, if it persists
      switch (tryRun(search)) {
        case Step.Settled settled -> {
          return settled.settlement();
        }
        case Step.Withdrawn withdrawn -> {}
        case Step.Refused refused -> search = refused.next();
      }
    }
  }

  private sealed interface Step {
    record Settled(Settlement settlement) implements Step {}

    /** The task was withdrawn while it waited for its permit. */
    record Withdrawn() implements Step {}

    /** A member refused the task without processing it, and another member may be called. */
    record Refused(MemberSearch next) implements Step {}
  }

  private Step tryRun(MemberSearch search) throws InterruptedException {
    ReceivedTask task = search.task();
    Optional<Settlement> rejection = checks.beforePermit(task);
    if (rejection.isPresent()) {
      return new Step.Settled(rejection.get());
    }
    return switch (guard.check(ReAskRequest.of(task.message()))) {
      case ContextCheck.TooLong tooLong ->
          new Step.Settled(
              settle(
                  task,
                  new TaskOutcome.PromptTooLong(tooLong.detail()),
                  /* member= */ "",
                  RouteHealth.HEALTHY));
      case ContextCheck.Accepted accepted -> callWhenAdmitted(search, accepted);
    };
  }

  private Step callWhenAdmitted(MemberSearch search, ContextCheck.Accepted accepted)
      throws InterruptedException {
    TaskMessage message = search.task().message();
    return switch (acquirePermit(search, accepted)) {
      case Admission.Granted granted -> call(search, accepted.request(), granted.permit());
      case Admission.Withdrawn withdrawn -> new Step.Withdrawn();
      case Admission.SourceHeld held ->
          new Step.Settled(route.policy().sourceHeld(message, held.remaining(), clock.instant()));
      case Admission.TimedOut timedOut -> new Step.Settled(new Settlement.Requeue(message));
      case Admission.ShuttingDown shuttingDown -> new Step.Settled(new Settlement.Requeue(message));
    };
  }

  private Admission acquirePermit(MemberSearch search, ContextCheck.Accepted accepted)
      throws InterruptedException {
    long start = System.nanoTime();
    ReceivedTask task = search.task();
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
                search.remaining(),
                () -> checks.isWanted(task),
                search.selection());
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
   */
  private Step call(MemberSearch search, Payload request, Permit permit)
      throws InterruptedException {
    ReceivedTask task = search.task();
    TaskOutcome outcome;
    CallFeedback feedback = new CallFeedback.NotSent();
    RouteHealth routeHealth;
    try {
      Optional<Settlement> rejection = checks.withPermit(task);
      if (rejection.isPresent()) {
        return new Step.Settled(rejection.get());
      }
      feedback = new CallFeedback.Failed("internal error in the worker", true);
      CallExecutor.Result result =
          executor.send(task, request, currentTier(search), permit.member());
      outcome = result.outcome();
      feedback = result.feedback();
    } finally {
      routeHealth = permit.end(feedback); // always: other waiters need the permit
    }
    Optional<MemberSearch> next =
        route.members().size() > 1 && MemberSearch.isRejection(feedback)
            ? otherMember(search, permit.member(), outcome)
            : Optional.empty();
    return next.isPresent()
        ? new Step.Refused(next.get())
        : new Step.Settled(
            settle(task, withCheckedAnswers(task, outcome), permit.member(), routeHealth));
  }

  /** The search for another member; empty if none remains that is not held. */
  private Optional<MemberSearch> otherMember(
      MemberSearch search, String refusedBy, TaskOutcome outcome) {
    TaskMessage message = search.task().message();
    MemberSearch next =
        search.refused(
            refusedBy, route.policy().refused(message, outcome, refusedBy, clock.instant()));
    boolean isOpen =
        next.mayContinue()
            && route.limiter().isOtherMemberOpen(CallOrigin.of(message), next.selection());
    return isOpen ? Optional.of(next) : Optional.empty();
  }

  /**
   * The tier of the search limits the call's duration; another task may have shown since its choice
   * that the model does not have it.
   */
  private ServiceTier currentTier(MemberSearch search) {
    return search.tier() == ServiceTier.FLEX
        ? route.tiers().choose(search.task().message(), clock.instant())
        : search.tier();
  }

  private TaskOutcome withCheckedAnswers(ReceivedTask task, TaskOutcome outcome) {
    return outcome instanceof Completed completed && !task.caller().isPresent()
        ? answerChecker.check(task.message(), completed)
        : outcome;
  }

  private Settlement settle(
      ReceivedTask task, TaskOutcome outcome, String member, RouteHealth routeHealth) {
    return route
        .policy()
        .settle(task.message(), task.caller(), outcome, member, routeHealth, clock.instant());
  }
}
