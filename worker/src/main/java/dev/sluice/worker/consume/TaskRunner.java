package dev.sluice.worker.consume;

import dev.sluice.common.wire.Body;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.classify.OutcomeClassifier;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.Usage;
import dev.sluice.worker.guard.ContextGuard;
import dev.sluice.worker.guard.Guarded;
import dev.sluice.worker.limit.Admission;
import dev.sluice.worker.limit.Estimate;
import dev.sluice.worker.limit.Permit;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.TokenEstimator;
import dev.sluice.worker.measure.WorkerMetrics;
import dev.sluice.worker.provider.ProviderClient;
import dev.sluice.worker.provider.Reply;
import dev.sluice.worker.settle.Settlement;
import dev.sluice.worker.settle.SettlementPolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Walks one task from the queue to its settlement: guard, limit, call, classify, decide. */
final class TaskRunner {
  private static final Logger log = LoggerFactory.getLogger(TaskRunner.class);

  /** A task that comes earlier than this before its time waits again. */
  private static final Duration TOO_EARLY = Duration.ofMillis(250);

  private final ContextGuard guard;
  private final RateLimiter limiter;
  private final TokenEstimator estimator;
  private final ProviderClient provider;
  private final OutcomeClassifier classifier;
  private final SettlementPolicy policy;
  private final WorkerMetrics metrics;
  private final Clock clock;

  TaskRunner(
      ContextGuard guard,
      RateLimiter limiter,
      TokenEstimator estimator,
      ProviderClient provider,
      OutcomeClassifier classifier,
      SettlementPolicy policy,
      WorkerMetrics metrics,
      Clock clock) {
    this.guard = guard;
    this.limiter = limiter;
    this.estimator = estimator;
    this.provider = provider;
    this.classifier = classifier;
    this.policy = policy;
    this.metrics = metrics;
    this.clock = clock;
  }

  Settlement run(TaskMessage task) throws InterruptedException {
    Instant now = clock.instant();
    if (task.isExpired(now)) {
      return policy.settle(task, new TaskOutcome.Expired(), now);
    }
    Instant notBefore = task.notBefore();
    if (notBefore != null && notBefore.isAfter(now.plus(TOO_EARLY))) {
      return policy.tooEarly(task, notBefore, now);
    }
    return switch (guard.check(task)) {
      case Guarded.Fits fits -> withinWindow(task, fits.request(), fits.estimate());
      case Guarded.Trimmed trimmed -> withinWindow(task, trimmed.request(), trimmed.estimate());
      case Guarded.TooLong tooLong ->
          policy.settle(task, new TaskOutcome.TooLong(tooLong.detail()), now);
    };
  }

  /**
   * @param request what is sent of the task; what is settled is the task as it came
   * @param estimate null where nobody has counted yet
   */
  private Settlement withinWindow(TaskMessage task, Body request, @Nullable Estimate estimate)
      throws InterruptedException {
    long start = System.nanoTime();
    Admission admission = limiter.acquire(tokens(task, request, estimate));
    metrics.waitedForPermit(Duration.ofNanos(System.nanoTime() - start));
    return switch (admission) {
      case Admission.Granted granted -> withPermit(task, request, granted.permit());
      case Admission.Closed closed -> new Settlement.PutBack(task);
    };
  }

  private long tokens(TaskMessage task, Body request, @Nullable Estimate estimate) {
    if (!limiter.limitsTokens()) {
      return 0;
    }
    return estimate == null
        ? estimator.estimate(task.ids().endpoint(), request).total()
        : estimate.total();
  }

  private Settlement withPermit(TaskMessage task, Body request, Permit permit) {
    if (task.isExpired(clock.instant())) {
      permit.giveBack();
      return policy.settle(task, new TaskOutcome.Expired(), clock.instant());
    }
    TaskOutcome outcome = classifier.classify(call(task.withBody(request)));
    if (outcome instanceof Completed done) {
      Usage usage = done.usage();
      metrics.tokens(usage.promptTokens(), usage.completionTokens());
      if (usage.total() > 0) {
        permit.settle(usage.total());
      }
    }
    return policy.settle(task, outcome, clock.instant());
  }

  private Reply call(TaskMessage task) {
    metrics.callStarted();
    Reply reply = provider.send(task);
    metrics.callEnded(result(reply), reply.took());
    if (reply instanceof Reply.NotConnected none) {
      log.warn("The provider is not reached: {}", none.reason());
    }
    return reply;
  }

  private static String result(Reply reply) {
    return switch (reply) {
      case Reply.Answered answer -> Integer.toString(answer.status());
      case Reply.TooLarge large -> "too_large";
      case Reply.TimedOut late -> "timeout";
      case Reply.Broken broken -> "broken";
      case Reply.NotConnected none -> "not_connected";
    };
  }
}
