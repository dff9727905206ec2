package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.platform.route.ErrorMeaning;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.classify.TaskOutcome.Abandoned;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.NoCapacity;
import dev.sluice.worker.classify.TaskOutcome.NoTier;
import dev.sluice.worker.classify.TaskOutcome.NotReady;
import dev.sluice.worker.classify.TaskOutcome.Rejected;
import dev.sluice.worker.classify.TaskOutcome.ReplyTooLarge;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.provider.Reply;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Maps the end of a provider call to the outcome of the task. {@link ErrorRuleTable} maps errors.
 */
public final class OutcomeClassifier {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int BAD_GATEWAY = 502;
  private static final String SERVICE_TIER = "service_tier";

  private final ErrorRuleTable table;
  private final List<String> models;
  private final Clock clock;

  /**
   * @param clock the time against which {@code Retry-After} dates are resolved
   */
  public OutcomeClassifier(RouteSettings route, Clock clock) {
    this.table = new ErrorRuleTable(route);
    this.models = route.models();
    this.clock = clock;
  }

  /**
   * Classifies the reply to a request; a request for a model of another route fails alone.
   *
   * @param tier the service tier that Sluice has added to the request
   */
  public TaskOutcome classify(Reply reply, Payload request, ServiceTier tier) {
    TaskOutcome outcome = classify(reply);
    if (outcome instanceof NoTier none && tier == ServiceTier.STANDARD) {
      return rejected(FailureCode.INVALID_REQUEST, none.reply()); // the request itself names a tier
    }
    return outcome instanceof RouteDown down
            && down.kind() == HoldKind.MODEL_NOT_FOUND
            && RequestSummary.read(request)
                .map(RequestSummary::model)
                .filter(models::contains)
                .isEmpty()
        ? new Rejected(FailureCode.INVALID_REQUEST, down.reply())
        : outcome;
  }

  public TaskOutcome classify(Reply reply) {
    return switch (reply) {
      case Answered answer -> classifyAnswer(answer);
      case Reply.Streamed stream -> classifyStream(stream);
      case Reply.Cancelled cancelled -> new Abandoned(cancelled.latency());
      case Reply.TooLarge large ->
          new ReplyTooLarge(
              "HTTP %d with a reply larger than %d bytes. Request less output per call."
                  .formatted(large.status(), large.limitBytes()),
              large.latency());
      case Reply.TimedOut timedOut ->
          new Unavailable(
              "no complete reply within " + timedOut.latency().toMillis() + " ms",
              null,
              null,
              timedOut.latency());
      case Reply.ConnectionLost lost ->
          new Unavailable("connection lost: " + lost.reason(), null, null, lost.latency());
      case Reply.NotConnected none ->
          new Unavailable("not connected: " + none.reason(), null, null, none.latency());
    };
  }

  /** The chunks were forwarded, so a stream with an error is not retried. */
  private static TaskOutcome classifyStream(Reply.Streamed stream) {
    return StreamErrors.endsWithError(stream.tail())
        ? new Unavailable(
            "the provider ended the stream with an error", null, stream.head(), stream.latency())
        : new Completed(
            stream.head(), UsageReader.ofStream(stream.tail()), CutOff.ofStream(stream.tail()));
  }

  private TaskOutcome classifyAnswer(Answered answer) {
    if (answer.status() / 100 != 2) {
      return classifyError(answer, ProviderError.of(answer));
    }
    return ReplyMembers.of(answer.body().bytes())
        .map(body -> classifyBody(answer, body))
        .orElseGet(() -> classifyUnusableBody(answer));
  }

  private TaskOutcome classifyBody(Answered answer, JsonNode body) {
    return EmbeddedError.of(body)
        .map(embedded -> classifyEmbedded(answer, embedded))
        .orElseGet(() -> new Completed(answer, UsageReader.of(body), CutOff.of(body)));
  }

  /**
   * The error is handled as if the provider had sent its status. After an incomplete answer the
   * request itself is not the cause: the provider has accepted it.
   */
  private TaskOutcome classifyEmbedded(Answered answer, EmbeddedError embedded) {
    ProviderError error = ProviderError.of(answer, embedded.body());
    int stated = error.status().orElse(BAD_GATEWAY);
    boolean isTransient = stated == TOO_MANY_REQUESTS || stated / 100 == 5;
    int status = embedded.isPartial() && !isTransient ? BAD_GATEWAY : stated;
    return classifyError(
        new Answered(status, answer.headers(), answer.body(), answer.latency()), error);
  }

  private TaskOutcome classifyUnusableBody(Answered answer) {
    Optional<String> limit = Json.exceededLimit(answer.body().bytes());
    if (limit.isPresent()) {
      return new ReplyTooLarge(
          "HTTP %d with a reply that %s.".formatted(answer.status(), limit.get()),
          answer.latency());
    }
    return NonFiniteNumbers.replaceWithNull(answer.body())
        .map(body -> new Answered(answer.status(), answer.headers(), body, answer.latency()))
        .flatMap(
            replaced ->
                ReplyMembers.of(replaced.body().bytes()).map(body -> classifyBody(replaced, body)))
        .orElseGet(
            () ->
                new Unavailable(ReplyDescription.notJson(answer), null, answer, answer.latency()));
  }

  private TaskOutcome classifyError(Answered answer, ProviderError error) {
    return switch (meaning(answer.status(), error)) {
      case RATE_LIMIT ->
          new Throttled(retryAfter(answer, error), answer, error.limitKind().orElse(null));
      case UNAVAILABLE ->
          new Unavailable(
              ReplyDescription.ofError(answer),
              retryAfter(answer, error),
              answer,
              answer.latency());
      case NOT_READY ->
          new NotReady(ReplyDescription.ofError(answer), retryAfter(answer, error), answer);
      case NO_CAPACITY -> new NoCapacity(retryAfter(answer, error), answer);
      case NO_TIER -> new NoTier(answer);
      case INVALID_REQUEST -> rejected(FailureCode.INVALID_REQUEST, answer);
      case REQUEST_TOO_LARGE -> rejected(FailureCode.REQUEST_TOO_LARGE, answer);
      case CONTEXT_LENGTH_EXCEEDED -> rejected(FailureCode.CONTEXT_LENGTH_EXCEEDED, answer);
      case CONTENT_FILTERED -> rejected(FailureCode.CONTENT_FILTERED, answer);
      case QUOTA -> new RouteDown(HoldKind.QUOTA, "the provider's quota is used up", answer);
      case API_KEY ->
          new RouteDown(
              HoldKind.API_KEY,
              "the provider rejects the API key with HTTP " + answer.status(),
              answer);
      case MODEL_NOT_FOUND -> modelNotFound(answer);
    };
  }

  /** OpenAI and Azure name the parameter: the message differs from model to model. */
  private ErrorMeaning meaning(int status, ProviderError error) {
    ErrorMeaning meaning = table.meaning(status, error);
    return meaning == ErrorMeaning.INVALID_REQUEST && error.param().equals(SERVICE_TIER)
        ? ErrorMeaning.NO_TIER
        : meaning;
  }

  private static Rejected rejected(FailureCode code, Answered answer) {
    return new Rejected(code, ReplyDescription.ofError(answer), answer);
  }

  /**
   * A misspelt model name in one request causes the same error as a removed model. Only a route
   * that serves exactly one model, without a wildcard, rules out a misspelt name: all its tasks
   * request that model.
   */
  private TaskOutcome modelNotFound(Answered answer) {
    return models.size() == 1 && !models.getFirst().endsWith("*")
        ? new RouteDown(
            HoldKind.MODEL_NOT_FOUND, "the provider does not have " + models.getFirst(), answer)
        : rejected(FailureCode.INVALID_REQUEST, answer);
  }

  private @Nullable Duration retryAfter(Answered answer, ProviderError error) {
    return RetryAfter.of(answer, error, clock.instant()).orElse(null);
  }
}
