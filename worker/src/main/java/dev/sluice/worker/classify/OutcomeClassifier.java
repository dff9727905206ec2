package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.worker.classify.TaskOutcome.Abandoned;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Oversized;
import dev.sluice.worker.classify.TaskOutcome.Refused;
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
 * Reads from a reply what it means for the task. What an error means is a table: {@link
 * ErrorRuleTable}.
 */
public final class OutcomeClassifier {
  private final ErrorRuleTable table;
  private final List<String> models;
  private final Clock clock;

  /**
   * @param clock for {@code Retry-After} dates
   */
  public OutcomeClassifier(RouteSettings route, Clock clock) {
    this.table = new ErrorRuleTable(route);
    this.models = route.models();
    this.clock = clock;
  }

  public TaskOutcome classify(Reply reply) {
    return switch (reply) {
      case Answered answer -> answered(answer);
      case Reply.Streamed stream ->
          new Completed(stream.head(), TokenUsage.ofStream(stream.tail()));
      case Reply.Abandoned abandoned -> new Abandoned(abandoned.took());
      case Reply.TooLarge large ->
          new Oversized(
              "HTTP %d with a reply of more than %d bytes: ask for less in one call"
                  .formatted(large.status(), large.limitBytes()),
              large.took());
      case Reply.TimedOut late ->
          new Unavailable(
              "no whole answer within " + late.took().toMillis() + " ms", null, null, late.took());
      case Reply.Broken broken ->
          new Unavailable("connection broken: " + broken.reason(), null, null, broken.took());
      case Reply.NotConnected none ->
          new Unavailable("not connected: " + none.reason(), null, null, none.took());
    };
  }

  private TaskOutcome answered(Answered answer) {
    if (answer.status() / 100 != 2) {
      return error(answer, ProviderError.of(answer));
    }
    return Json.object(answer.body().bytes())
        .<TaskOutcome>map(body -> new Completed(answer, TokenUsage.of(body)))
        .orElseGet(() -> halfReply(answer));
  }

  private static Unavailable halfReply(Answered answer) {
    String detail = "HTTP %d with a body that is no JSON object".formatted(answer.status());
    return new Unavailable(detail, null, answer, answer.took());
  }

  private TaskOutcome error(Answered answer, ProviderError error) {
    return switch (table.meaning(answer.status(), error)) {
      case RATE_LIMIT -> new Throttled(told(answer, error), answer, error.dimension().orElse(null));
      case UNAVAILABLE ->
          new Unavailable(answer.body().text(), told(answer, error), answer, answer.took());
      case REFUSED -> new Refused(FailureCode.INVALID_REQUEST, answer);
      case REQUEST_TOO_LARGE -> new Refused(FailureCode.REQUEST_TOO_LARGE, answer);
      case CONTEXT_LENGTH -> new Refused(FailureCode.CONTEXT_LENGTH_EXCEEDED, answer);
      case CONTENT_FILTERED -> new Refused(FailureCode.CONTENT_FILTERED, answer);
      case QUOTA -> new RouteDown(HoldKind.QUOTA, "the provider's quota is used up", answer);
      case KEY ->
          new RouteDown(
              HoldKind.KEY, "the provider refuses the key with HTTP " + answer.status(), answer);
      case MODEL_GONE -> modelGone(answer);
    };
  }

  /**
   * A slip in the model's name in one request looks just like a model that is gone for everybody.
   * Only where the route serves one model by its name can it be no slip: every task of the route
   * asks for that one.
   */
  private TaskOutcome modelGone(Answered answer) {
    return models.size() == 1 && !models.getFirst().endsWith("*")
        ? new RouteDown(
            HoldKind.MODEL_GONE, "the provider does not have " + models.getFirst(), answer)
        : new Refused(FailureCode.INVALID_REQUEST, answer);
  }

  private @Nullable Duration told(Answered answer, ProviderError error) {
    return RetryAfter.of(answer, error, clock.instant()).orElse(null);
  }
}
