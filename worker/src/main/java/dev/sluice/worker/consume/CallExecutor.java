package dev.sluice.worker.consume;

import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.Provider;
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
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one call to a provider: exchange, classification, and feedback for the limiter. */
final class CallExecutor {
  private static final Logger log = LoggerFactory.getLogger(CallExecutor.class);

  private final RouteTiers tiers;
  private final Map<String, Endpoint> endpoints;
  private final WorkerMetrics metrics;
  private final Tracing tracing;
  private final ContentLog contentLog;
  private final Clock clock;

  /**
   * @param clock the time against which times of the provider are resolved
   */
  CallExecutor(RouteContext route, Clock clock) {
    this.endpoints =
        route.members().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    one -> one.member().name(), one -> Endpoint.of(one, clock)));
    this.tiers = route.tiers();
    this.metrics = route.metrics();
    this.tracing = route.tracing();
    this.contentLog = route.contentLog();
    this.clock = clock;
  }

  /** The provider of one member of the route. */
  private record Endpoint(
      ProviderDialect dialect,
      URI url,
      String model,
      ProviderClient client,
      ProviderClient flexClient,
      OutcomeClassifier classifier,
      CallFeedbackMapper feedbackMapper) {

    static Endpoint of(MemberConnection member, Clock clock) {
      Provider provider = member.settings().provider();
      return new Endpoint(
          provider.dialect(),
          Objects.requireNonNull(provider.url(), "validated at startup"),
          member.member().model(),
          new ProviderClient(member.provider(), provider.callTimeout(ServiceTier.STANDARD)),
          new ProviderClient(member.provider(), provider.callTimeout(ServiceTier.FLEX)),
          new OutcomeClassifier(member.settings(), clock),
          new CallFeedbackMapper(new RateLimitHeaderReader(provider.dialect()), clock));
    }

    ProviderClient client(ServiceTier tier) {
      return switch (tier) {
        case STANDARD -> client;
        case FLEX -> flexClient;
      };
    }
  }

  /** The result of a call: the outcome of the task, and the feedback for the limiter. */
  record Result(TaskOutcome outcome, CallFeedback feedback) {}

  /**
   * Makes the call.
   *
   * @param given the request to send, possibly trimmed
   * @param tier the service tier to request; flex only for a task without a caller
   * @param member name of the member to call
   */
  Result send(ReceivedTask task, Payload given, ServiceTier tier, String member) {
    TaskMessage message = task.message();
    Endpoint endpoint = Objects.requireNonNull(endpoints.get(member), member);
    Payload request =
        endpoint.model().isEmpty() ? given : RequestModel.replaced(given, endpoint.model());
    try (CallSpan span = tracing.startCall(message, endpoint.dialect())) {
      TaskMessage sent = RouteTiers.withRequest(message.withBody(request), tier, endpoint.url());
      Reply reply = exchange(endpoint.client(tier), span.withTraceContext(sent), task.caller());
      TaskOutcome outcome = endpoint.classifier().classify(reply, request, tier);
      if (tier == ServiceTier.FLEX) {
        tiers.onFlexCallFinished(message, outcome, clock.instant());
      }
      record(message, outcome);
      span.ended(reply, outcome);
      return new Result(
          outcome, endpoint.feedbackMapper().of(message.ids().endpoint(), reply, outcome));
    }
  }

  private Reply exchange(ProviderClient client, TaskMessage task, LiveCaller caller) {
    metrics.callStarted();
    Reply reply = caller.isPresent() ? client.send(task, caller) : client.send(task);
    metrics.callEnded(task.ids().endpoint(), reply.result(), reply.latency());
    contentLog.logCall(task.body(), reply);
    if (reply instanceof Reply.NotConnected none) {
      log.warn("Cannot reach the provider: {}", none.reason());
    }
    return reply;
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
