package dev.sluice.worker.consume;

import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.ProviderDialect;
import dev.sluice.worker.classify.OutcomeClassifier;
import dev.sluice.worker.classify.RateLimitHeaderReader;
import dev.sluice.worker.classify.ReplyDescription;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.limit.CallFeedback;
import dev.sluice.worker.live.LiveCaller;
import dev.sluice.worker.provider.ProviderClient;
import dev.sluice.worker.provider.Reply;
import dev.sluice.worker.telemetry.WorkerMetrics;
import dev.sluice.worker.telemetry.trace.CallSpan;
import dev.sluice.worker.telemetry.trace.Tracing;
import dev.sluice.worker.tier.RouteTiers;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one call to a provider: exchange, classification, and feedback for the limiter. */
final class CallExecutor {
  private static final Logger log = LoggerFactory.getLogger(CallExecutor.class);

  private final ProviderDialect dialect;
  private final ProviderClient client;
  private final ProviderClient flexClient;
  private final RouteTiers tiers;
  private final OutcomeClassifier classifier;
  private final CallFeedbackMapper feedbackMapper;
  private final WorkerMetrics metrics;
  private final Tracing tracing;
  private final ContentLog contentLog;
  private final Clock clock;

  /**
   * @param clock the time against which times of the provider are resolved
   */
  CallExecutor(RouteContext route, Clock clock) {
    this.dialect = route.settings().provider().dialect();
    this.client = client(route, ServiceTier.STANDARD);
    this.flexClient = client(route, ServiceTier.FLEX);
    this.tiers = route.tiers();
    this.classifier = new OutcomeClassifier(route.settings(), clock);
    this.feedbackMapper = new CallFeedbackMapper(new RateLimitHeaderReader(dialect), clock);
    this.metrics = route.metrics();
    this.tracing = route.tracing();
    this.contentLog = route.contentLog();
    this.clock = clock;
  }

  private static ProviderClient client(RouteContext route, ServiceTier tier) {
    return new ProviderClient(route.provider(), route.settings().provider().callTimeout(tier));
  }

  /** The result of a call: the outcome of the task, and the feedback for the limiter. */
  record Result(TaskOutcome outcome, CallFeedback feedback) {}

  /**
   * Makes the call.
   *
   * @param request the request to send, possibly trimmed
   * @param tier the service tier to request; flex only for a task without a caller
   */
  Result send(ReceivedTask task, Payload request, ServiceTier tier) {
    TaskMessage message = task.message();
    try (CallSpan span = tracing.startCall(message, dialect)) {
      TaskMessage sent = tiers.withRequest(message.withBody(request), tier);
      Reply reply = exchange(span.withTraceContext(sent), task.caller(), tier);
      TaskOutcome outcome = classifier.classify(reply, request, tier);
      if (tier == ServiceTier.FLEX) {
        tiers.onFlexCallFinished(message, outcome, clock.instant());
      }
      record(message, outcome);
      span.ended(reply, outcome);
      return new Result(outcome, feedbackMapper.of(message.ids().endpoint(), reply, outcome));
    }
  }

  private Reply exchange(TaskMessage task, LiveCaller caller, ServiceTier tier) {
    metrics.callStarted();
    Reply reply = caller.isPresent() ? client.send(task, caller) : batchClient(tier).send(task);
    metrics.callEnded(task.ids().endpoint(), reply.result(), reply.latency());
    contentLog.logCall(task.body(), reply);
    if (reply instanceof Reply.NotConnected none) {
      log.warn("Cannot reach the provider: {}", none.reason());
    }
    return reply;
  }

  private ProviderClient batchClient(ServiceTier tier) {
    return switch (tier) {
      case STANDARD -> client;
      case FLEX -> flexClient;
    };
  }

  private void record(TaskMessage task, TaskOutcome outcome) {
    switch (outcome) {
      case TaskOutcome.Completed completed -> {
        metrics.tokens(task.ids().endpoint(), completed.usage());
        if (completed.cutOff()) {
          metrics.cutOff(task.ids().lane());
        }
      }
      case TaskOutcome.NoCapacity refused -> metrics.noCapacity();
      case TaskOutcome.Unavailable failed -> logUnusableReply(failed);
      default -> {}
    }
  }

  /** Without the body, which may quote the prompt. The history of the task has only the status. */
  private static void logUnusableReply(TaskOutcome.Unavailable failed) {
    Reply.Answered answer = failed.reply();
    if (answer != null && answer.status() / 100 == 2) {
      log.warn("The provider's reply is not usable: {}", ReplyDescription.withoutBody(answer));
    }
  }
}
