package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.worker.classify.TaskOutcome.Abandoned;
import dev.sluice.worker.classify.TaskOutcome.Completed;
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
import org.jspecify.annotations.Nullable;

/**
 * Maps the end of a provider call to the outcome of the task. {@link ErrorRuleTable} maps errors.
 */
public final class OutcomeClassifier {
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

  public TaskOutcome classify(Reply reply) {
    return switch (reply) {
      case Answered answer -> classifyAnswer(answer);
      case Reply.Streamed stream ->
          new Completed(stream.head(), TokenUsage.ofStream(stream.tail()));
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

  private TaskOutcome classifyAnswer(Answered answer) {
    if (answer.status() / 100 != 2) {
      return classifyError(answer, ProviderError.of(answer));
    }
    return Json.members(answer.body().bytes(), TokenUsage.MEMBERS)
        .<TaskOutcome>map(body -> new Completed(answer, TokenUsage.of(body)))
        .orElseGet(() -> incompleteReply(answer));
  }

  private static Unavailable incompleteReply(Answered answer) {
    String detail = "HTTP %d with a body that is not a JSON object".formatted(answer.status());
    return new Unavailable(detail, null, answer, answer.latency());
  }

  private TaskOutcome classifyError(Answered answer, ProviderError error) {
    return switch (table.meaning(answer.status(), error)) {
      case RATE_LIMIT ->
          new Throttled(retryAfter(answer, error), answer, error.limitKind().orElse(null));
      case UNAVAILABLE ->
          new Unavailable(
              answer.body().text(), retryAfter(answer, error), answer, answer.latency());
      case INVALID_REQUEST -> new Rejected(FailureCode.INVALID_REQUEST, answer);
      case REQUEST_TOO_LARGE -> new Rejected(FailureCode.REQUEST_TOO_LARGE, answer);
      case CONTEXT_LENGTH_EXCEEDED -> new Rejected(FailureCode.CONTEXT_LENGTH_EXCEEDED, answer);
      case CONTENT_FILTERED -> new Rejected(FailureCode.CONTENT_FILTERED, answer);
      case QUOTA -> new RouteDown(HoldKind.QUOTA, "the provider's quota is used up", answer);
      case API_KEY ->
          new RouteDown(
              HoldKind.API_KEY,
              "the provider rejects the API key with HTTP " + answer.status(),
              answer);
      case MODEL_NOT_FOUND -> modelNotFound(answer);
    };
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
        : new Rejected(FailureCode.INVALID_REQUEST, answer);
  }

  private @Nullable Duration retryAfter(Answered answer, ProviderError error) {
    return RetryAfter.of(answer, error, clock.instant()).orElse(null);
  }
}
