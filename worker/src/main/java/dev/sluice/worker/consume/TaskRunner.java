package dev.sluice.worker.consume;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.classify.OutcomeClassifier;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.Usage;
import dev.sluice.worker.limit.Admission;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Walks one task from the queue to its settlement: limit, call, classify, decide. */
final class TaskRunner {
  private static final Logger log = LoggerFactory.getLogger(TaskRunner.class);

  /** A task that comes earlier than this before its time waits again. */
  private static final Duration TOO_EARLY = Duration.ofMillis(250);

  private final RateLimiter limiter;
  private final TokenEstimator estimator;
  private final ProviderClient provider;
  private final OutcomeClassifier classifier;
  private final SettlementPolicy policy;
  private final WorkerMetrics metrics;
  private final Clock clock;

  TaskRunner(
      RateLimiter limiter,
      TokenEstimator estimator,
      ProviderClient provider,
      OutcomeClassifier classifier,
      SettlementPolicy policy,
      WorkerMetrics metrics,
      Clock clock) {
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
    long start = System.nanoTime();
    Admission admission = limiter.acquire(estimate(task));
    metrics.waitedForPermit(Duration.ofNanos(System.nanoTime() - start));
    return switch (admission) {
      case Admission.Granted granted -> withPermit(task, granted.permit());
      case Admission.Closed closed -> new Settlement.PutBack(task);
    };
  }

  private long estimate(TaskMessage task) {
    return limiter.limitsTokens()
        ? estimator.estimate(task.ids().endpoint(), task.body()).total()
        : 0;
  }

  private Settlement withPermit(TaskMessage task, Permit permit) {
    if (task.isExpired(clock.instant())) {
      permit.giveBack();
      return policy.settle(task, new TaskOutcome.Expired(), clock.instant());
    }
    TaskOutcome outcome = classifier.classify(call(task));
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
